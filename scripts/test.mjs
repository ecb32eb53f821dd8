// npm test [-- TIER…]: every tier that this machine can run; what it cannot is named. Last line: the count.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { prepare, root } from './prepare.mjs';

const closingLine = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

function testFiles(tier) {
  const folder = join(root, 'dist', 'test', tier);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.cjs'))
    .sort()
    .map((name) => relative(root, join(folder, name)));
}

/** node:test over the built files of a folder of test/. */
function nodeTier(tier) {
  return () => [
    process.execPath,
    ...[
      '--test',
      '--test-concurrency=2',
      '--test-reporter=./scripts/testReporter.mjs',
      '--test-reporter-destination=stdout',
    ],
    ...testFiles(tier),
  ];
}

const chromium =
  process.env.CHROMIUM_PATH ??
  ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
const noChromium =
  chromium !== undefined && existsSync(chromium)
    ? undefined
    : 'needs Chromium (apt-get install chromium, or CHROMIUM_PATH)';

const tiers = {
  unit: { command: nodeTier('unit') },
  golden: { command: nodeTier('golden') },
  process: { command: nodeTier('process') },
  integration: { command: () => [process.execPath, 'test/integration/run.mjs'], missing: noChromium },
  e2e: { command: () => [process.execPath, 'test/e2e/run.mjs'], missing: noChromium },
};

/** Runs one tier, showing its output, and returns the counts of its closing line. */
async function runTier(name, command) {
  const child = spawn(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let counts;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = closingLine.exec(line);
    if (match) counts = match.slice(1).map((figure) => Number(figure ?? 0));
    else console.log(line);
  }
  const status =
    child.exitCode ??
    child.signalCode ??
    (await new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal))));
  if (counts === undefined) {
    console.log(`not ok: tier ${name} printed no closing line (${command.slice(0, 3).join(' ')} ended with ${status})`);
    return [0, 1, 0];
  }
  if (status !== 0 && counts[1] === 0) {
    console.log(`not ok: tier ${name} ended with ${status} although no test failed`);
    counts[1] = 1;
  }
  return counts;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in tiers));
if (unknown.length > 0) {
  console.error(`There is no tier ${unknown.join(', ')}; choose from ${Object.keys(tiers).join(', ')}.`);
  process.exit(2);
}

prepare();
if (!existsSync(join(root, '..', 'shared')))
  console.log('Reference material: ../shared is not here; tests that need it are skipped.');
if (!existsSync('/dev/nvidiactl')) console.log('GPU: none here; the GPU engine is not exercised.');
if (!existsSync(join(root, '.venv', 'ready')))
  console.log('Python: no .venv with TensorFlow; interoperability (test/interop) runs in .ci/run.');

const total = [0, 0, 0];
for (const [name, { command, missing }] of Object.entries(tiers)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n== ${name}`);
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    total[2]++;
    continue;
  }
  const started = Date.now();
  const counts = await runTier(name, command());
  counts.forEach((count, index) => (total[index] += count));
  console.log(
    `${name}: ${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped in ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
}
console.log(`\n${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`);
process.exit(total[1] > 0 ? 1 : 0);
