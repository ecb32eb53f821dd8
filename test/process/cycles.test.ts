// scripts/cycles.mjs on small checkouts of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { installationRoot } from '../../src/engine/installation';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const parent = temporaryFolder();

/** Runs it on a checkout with these files, given by their paths and texts. */
function cyclesIn(files: Record<string, string>): { status: number | null; lines: string[] } {
  const checkout = mkdtempSync(join(parent, 'checkout-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(checkout, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const script = join(installationRoot(), 'scripts', 'cycles.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, checkout], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('files that need each other by types alone are a circle', () => {
  const { status, lines } = cyclesIn({
    'src/align/a.ts': "import type { B } from './b';\nexport type A = B[];",
    'src/align/b.ts': "export type { C } from './c';",
    'src/align/c.ts': "export type C = import('./a').A;",
  });
  assert.equal(status, 1);
  assert.equal(lines[0], 'Files in a circle: src/align/a.ts → src/align/b.ts → src/align/c.ts → src/align/a.ts');
  assert.equal(lines[1], '3 files, 1 rooms: 1 circles');
});

test('rooms are a circle although none of their files are, with the imports that make it one', () => {
  const { status, lines } = cyclesIn({
    'extension/jobs/start.ts': "import { find } from '../workspace/find';",
    'extension/workspace/find.ts': 'export const find = 1;',
    'extension/workspace/deep/watch.ts': "import type { Job } from '../../jobs/job';",
    'extension/jobs/job.ts': 'export interface Job {}',
  });
  assert.equal(status, 1);
  assert.deepEqual(lines.slice(0, 3).sort(), [
    '    extension/jobs/start.ts → extension/workspace/find.ts',
    '    extension/workspace/deep/watch.ts → extension/jobs/job.ts',
    'Rooms in a circle: extension/jobs → extension/workspace → extension/jobs',
  ]);
});

test('the five of training are rooms of their own, and a file beside the rooms puts them together', () => {
  const { status, lines } = cyclesIn({
    'src/train/step/loss.ts': "import '../data/rows';\nimport '../../network/stage';",
    'src/train/data/rows.ts': "import '../../network/stage';",
    'src/network/stage.ts': '',
    'extension/services.ts':
      "import type { Panels } from './pages/panels';\nimport type { Store } from './runs/store';",
    'extension/pages/panels.ts': 'export interface Panels {}',
    'extension/runs/store.ts': 'export interface Store {}',
    'extension/runs/show.ts': "import type { Services } from '../services';",
  });
  assert.deepEqual([status, lines], [0, ['7 files, 5 rooms: 0 circles']]);
});
