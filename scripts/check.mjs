// npm run check: the types of each environment by its own rules (Node core, extension host, browser page, tests).
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
let failed = false;
for (const project of ['src', 'extension', 'webview', 'test']) {
  if (!existsSync(join(root, project, 'tsconfig.json'))) {
    console.error(`${project}/tsconfig.json is missing`);
    failed = true;
    continue;
  }
  const { status } = spawnSync(process.execPath, [compiler, '-p', project, '--noEmit'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
