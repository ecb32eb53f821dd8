// npm run bench [-- NAME…]: each file of bench/ in a process of its own; a table, and build/bench.json.
// A file exports run(): Promise<{ name, value, unit, note?, fault? }[]>, or run() returning one such measurement.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const { bundlePrograms } = await import('./bundlePrograms.mjs');
const asked = process.argv.slice(2);
const sources = existsSync(join(root, 'bench'))
  ? readdirSync(join(root, 'bench')).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  : [];
const chosen = sources.sort().filter((name) => asked.length === 0 || asked.includes(basename(name, '.ts')));
if (chosen.length === 0) {
  console.error(
    `No such benchmark; choose from ${sources.map((name) => basename(name, '.ts')).join(', ') || 'none: bench/ is empty'}.`,
  );
  process.exit(2);
}

const outdir = join(root, 'dist', 'bench');
await bundlePrograms(
  chosen.map((name) => join(root, 'bench', name)),
  outdir,
);

const runner = `
const [, file, answer] = process.argv;
const { run } = require(file);
if (run === undefined) throw new Error(file + ' exports no run()');
Promise.resolve(run()).then(
  (result) => { require('node:fs').writeFileSync(answer, JSON.stringify([result].flat())); process.exit(0); },
  (error) => { console.error(error); process.exit(1); });
`;
const measurements = [];
let failures = 0;
mkdirSync(join(root, 'build'), { recursive: true });
for (const name of chosen) {
  const benchmark = basename(name, '.ts');
  const answer = join(root, 'build', `bench-${benchmark}.json`);
  process.stderr.write(`${benchmark}…\n`);
  const child = spawnSync(process.execPath, ['-e', runner, join(outdir, `${benchmark}.cjs`), answer], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (child.status === 0)
    measurements.push(...JSON.parse(readFileSync(answer, 'utf8')).map((one) => ({ benchmark, ...one })));
  else {
    failures++;
    console.error(`${benchmark} failed (${child.status ?? child.signal})`);
  }
  rmSync(answer, { force: true });
}

const figure = (value) =>
  typeof value !== 'number'
    ? String(value)
    : Number.isInteger(value)
      ? String(value)
      : String(Number(value.toPrecision(4)));
const rows = measurements.map(({ benchmark, name, value, unit, note }) => [
  benchmark,
  name ?? '',
  `${figure(value)} ${unit ?? ''}`,
  note ?? '',
]);
const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column].length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[2]) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryBytes: totalmem(),
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
};
writeFileSync(
  join(root, 'build', 'bench.json'),
  `${JSON.stringify({ createdAt: new Date().toISOString(), machine, measurements }, null, 2)}\n`,
);
console.log('Written to build/bench.json');
for (const { benchmark, fault } of measurements) {
  if (fault === undefined) continue;
  failures++;
  console.error(`${benchmark}: ${fault}`);
}
process.exit(failures > 0 ? 1 : 0);
