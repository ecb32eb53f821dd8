import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { installationRoot } from '../../../src/engine/installation';

const limit = 250_000;

test('the script of each page stays small', async () => {
  const root = installationRoot();
  const { pageEntries } = (await import(pathToFileURL(join(root, 'scripts', 'pageEntries.mjs')).href)) as {
    pageEntries: (root: string) => Record<string, string>;
  };
  const entryPoints = pageEntries(root);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    outdir: 'dist',
    write: false,
    logLevel: 'warning',
  });
  const scripts = outputFiles.filter(({ path }) => path.endsWith('.js'));
  assert.equal(scripts.length, Object.keys(entryPoints).length);
  assert.ok(scripts.length >= 4);
  for (const { path, contents } of scripts) assert.ok(contents.length < limit, `${path}: ${contents.length} bytes`);
});
