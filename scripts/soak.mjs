// npm run soak [-- NAME…] [--steps=N]: trainings of many steps, each in a process of its own, and whether what they hold
// stays the same: a table, and exit code 1 where it does not. SOAK_ENGINE=cpu trains on TensorFlow.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const { bundlePrograms } = await import('./bundlePrograms.mjs');
const outdir = join(root, 'dist', 'soak');
await bundlePrograms(
  ['training', 'soaks'].map((name) => join(root, 'bench', 'soak', `${name}.ts`)),
  outdir,
);
const { createRequire } = await import('node:module');
const { judged, soaks } = createRequire(import.meta.url)(join(outdir, 'soaks.cjs'));

const given = process.argv.slice(2);
const typed = given.find((argument) => argument.startsWith('--steps='));
const named = given.filter((argument) => argument !== typed);
const unknown = named.filter((name) => soaks[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no soak ${unknown.join(', ')}; choose from ${Object.keys(soaks).join(', ')}.`);
  process.exit(2);
}

const rows = [['training', 'steps', 'seconds', 'tensors', 'heap MB', 'per 1,000', 'resident MB', 'per 1,000', '']];
let failed = false;
mkdirSync(join(root, 'build'), { recursive: true });
for (const name of named.length > 0 ? named : Object.keys(soaks)) {
  const steps = typed === undefined ? soaks[name].steps : Number(typed.slice('--steps='.length));
  const answer = join(root, 'build', `soak-${name}.json`);
  rmSync(answer, { force: true });
  process.stderr.write(`${name}, ${steps} steps…\n`);
  const start = performance.now();
  const args = ['--expose-gc', join(outdir, 'training.cjs'), name, String(steps), answer];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  const seconds = Math.round((performance.now() - start) / 1000);
  if (status !== 0) {
    rows.push([name, String(steps), String(seconds), '', '', '', '', '', `failed (${status ?? signal})`]);
    failed = true;
    continue;
  }
  const { tensors, heap, rss, faults } = judged(JSON.parse(readFileSync(answer, 'utf8')));
  const between = ({ start: from, end }) => `${from} → ${end}`;
  const memory = [heap, rss].flatMap((one) => [between(one), one.slope]);
  rows.push([name, String(steps), String(seconds), between(tensors), ...memory, faults.join(', ') || 'flat']);
  failed ||= faults.length > 0;
}
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
process.exit(failed ? 1 : 0);
