// npm run soak [-- NAME…] [--steps=N] [--network=small|starter]: trainings of many steps, each in a process of its own, as
// many at a time as there are cores, and whether what they hold stays the same: a table, and exit code 1 where it does not.
// SOAK_ENGINE=cpu trains on TensorFlow, which has threads of its own: one at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pMap from 'p-map';
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

const head = ['training', 'steps', 'seconds', 'tensors', 'heap MB', 'per 1,000', 'resident MB', 'per 1,000', ''];
mkdirSync(join(root, 'build'), { recursive: true });

/** Does one training; its row of the table, and whether all stayed flat. */
async function soak(name) {
  const steps = Number(values.steps ?? (values.network === 'small' ? smallSteps : soaks[name].starterSteps));
  const answer = join(root, 'build', `soak-${name}.json`);
  rmSync(answer, { force: true });
  process.stderr.write(`${name}, ${steps} steps…\n`);
  const start = performance.now();
  const args = ['--expose-gc', join(outdir, 'training.cjs'), values.network, name, String(steps), answer];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  const [status, signal] = await once(child, 'close');
  const begin = [name, String(steps), String(Math.round((performance.now() - start) / 1000))];
  if (status !== 0) return { row: [...begin, '', '', '', '', '', `failed (${status ?? signal})`], flat: false };
  const { tensors, heap, rss, faults } = judged(JSON.parse(readFileSync(answer, 'utf8')));
  const between = ({ start: from, end }) => `${from} → ${end}`;
  const memory = [heap, rss].flatMap((one) => [between(one), one.slope]);
  return { row: [...begin, between(tensors), ...memory, faults.join(', ') || 'flat'], flat: faults.length === 0 };
}

const names = named.length > 0 ? named : Object.keys(soaks);
const started = performance.now();
const concurrency = (process.env.SOAK_ENGINE ?? 'wasm') === 'wasm' ? availableParallelism() : 1;
const results = await pMap(names, soak, { concurrency });
const rows = [head, ...results.map(({ row }) => row)];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
console.log(`${Math.round((performance.now() - started) / 1000)} s in all, ${concurrency} at a time`);
process.exit(results.every(({ flat }) => flat) ? 0 : 1);
