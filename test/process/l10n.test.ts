// l10n/bundle.l10n.json is made from the code by `npm run l10n`; translators work from it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installationRoot } from '../../src/engine/installation';
import { temporaryFolder } from '../fixtures/temporaryFolder';

test('the bundle of texts is the one that npm run l10n makes', () => {
  const root = installationRoot();
  const folder = temporaryFolder();
  const program = join(root, 'node_modules', '@vscode', 'l10n-dev', 'dist', 'cli.js');
  const code = ['extension', 'webview', 'src/words'].map((name) => join(root, name));
  const made = spawnSync(process.execPath, [program, 'export', '--outDir', folder, ...code], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const read = (path: string): unknown => JSON.parse(readFileSync(join(path, 'bundle.l10n.json'), 'utf8'));
  assert.deepEqual(read(join(root, 'l10n')), read(folder), 'run npm run l10n');
});
