// npm run soak [-- NAME…] [--steps=N] [--network=small|starter]: trainings of many steps, each in a process of its own, and
// whether what they hold stays the same: a table, and exit code 1 where it does not. SOAK_ENGINE=cpu trains on TensorFlow.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from './prepare.mjs';

/** The small network under a name that the workbench knows. */
const tinySqueezenet = {
  name: 'tiny SqueezeNet',
  setup(build) {
    build.onResolve({ filter: /\/architectures\/squeezenet$/ }, () => ({ path: soakFile('tinyNetwork') }));
  },
};

prepare();
const { bundlePrograms } = await import('./bundlePrograms.mjs');
const outdir = join(root, 'dist', 'soak');
const soakFile = (name) => join(root, 'bench', 'soak', `${name}.ts`);
await bundlePrograms(['training', 'soaks'].map(soakFile), outdir);
const { createRequire } = await import('node:module');
const { judged, networks, soaks, steps: smallSteps } = createRequire(import.meta.url)(join(outdir, 'soaks.cjs'));

const { values, positionals: named } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string' }, network: { type: 'string', default: 'small' } },
});
const unknown = [
  ...named.filter((name) => soaks[name] === undefined).map((name) => [`soak ${name}`, soaks]),
  ...(networks[values.network] === undefined ? [[`network ${values.network}`, networks]] : []),
];
if (unknown.length > 0) {
  for (const [what, known] of unknown)
    console.error(`There is no ${what}; choose from ${Object.keys(known).join(', ')}.`);
  process.exit(2);
}

if (values.network === 'small') await bundlePrograms([soakFile('training')], outdir, { plugins: [tinySqueezenet] });

const rows = [['training', 'steps', 'seconds', 'tensors', 'heap MB', 'per 1,000', 'resident MB', 'per 1,000', '']];
let failed = false;
mkdirSync(join(root, 'build'), { recursive: true });
for (const name of named.length > 0 ? named : Object.keys(soaks)) {
  const steps = Number(values.steps ?? (values.network === 'small' ? smallSteps : soaks[name].starterSteps));
  const answer = join(root, 'build', `soak-${name}.json`);
  rmSync(answer, { force: true });
  process.stderr.write(`${name}, ${steps} steps…\n`);
  const start = performance.now();
  const args = ['--expose-gc', join(outdir, 'training.cjs'), values.network, name, String(steps), answer];
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
