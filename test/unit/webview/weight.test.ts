import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';

const limit = 300_000;

test('the script of the pages stays small', async () => {
  const { outputFiles } = await build({
    entryPoints: { webview: 'webview/main.ts' },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    outdir: 'dist',
    write: false,
    logLevel: 'warning',
  });
  const script = outputFiles.find(({ path }) => path.endsWith('.js'))!;
  assert.ok(script.contents.length < limit, `${script.contents.length} bytes`);
});
