// npm test [-- TIER…]: every tier that this machine can run; what it cannot is named. Last line: the count.
//
//   npm test -- unit process              these tiers
//   npm test -- --name histogram          the test files of unit, golden, fuzz and process whose path is like this, or else the
//                                         tests whose title is (a regular expression; capitals do not matter); only they
//                                         are built
//   npm test -- integration --name hover  the tests of that tier by their titles
//   npm test -- e2e --only=lifecycle      parts of that tier (test/e2e/run.mjs names them)
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { measureSlowness } from '../test/fixtures/deadlines.mjs';
import { namedTests } from './namedTests.mjs';
import { buildTargets, prepare, prepareDependencies, root } from './prepare.mjs';

const closingLine = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** All built test files of a tier. */
function testFiles(tier) {
  const folder = join(root, 'dist', 'test', tier);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.cjs'))
    .sort()
    .map((name) => relative(root, join(folder, name)));
}

/** node:test over built files; `pattern` chooses tests by their titles. */
function nodeTest(files, pattern) {
  return [
    process.execPath,
    ...['--test', '--test-concurrency=2'],
    ...(pattern === undefined ? [] : [`--test-name-pattern=${pattern}`]),
    ...['--test-reporter=./scripts/testReporter.mjs', '--test-reporter-destination=stdout'],
    ...files,
  ];
}

const chromium =
  process.env.CHROMIUM_PATH ??
  ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
const noChromium =
  chromium !== undefined && existsSync(chromium)
    ? undefined
    : 'needs Chromium (apt-get install chromium, or CHROMIUM_PATH)';

const nodeTiers = ['unit', 'golden', 'fuzz', 'process'];
const windowTiers = { integration: 'test/integration/run.mjs', e2e: 'test/e2e/run.mjs' };
const tierNames = [...nodeTiers, ...Object.keys(windowTiers)];

function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** What is asked for: tiers (all of them by default), a name, parts of e2e. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, only: { type: 'string' } },
  });
  const unknown = positionals.filter((tier) => !tierNames.includes(tier));
  if (unknown.length > 0) refuse(`There is no tier ${unknown.join(', ')}; choose from ${tierNames.join(', ')}.`);
  const { name, only } = values;
  const tiers = positionals.length > 0 ? positionals : name === undefined ? tierNames : nodeTiers;
  if (name !== undefined && tiers.includes('e2e'))
    refuse('The checks of e2e build on each other; --only=lifecycle,… names its parts.');
  if (only !== undefined && tiers.join() !== 'e2e') refuse('--only names parts of e2e: npm test -- e2e --only=pages.');
  return { tiers: tierNames.filter((tier) => tiers.includes(tier)), name, only };
}

/** Builds all that is stale and returns the commands of these tiers. */
function wholeTiers(tiers) {
  if (tiers.length > 0) prepare();
  return tiers.map((tier) => ({ tier, command: nodeTest(testFiles(tier)) }));
}

/** Builds the test files that are meant, with the programs that tests of processes start, and returns their command. */
function namedTiers(tiers, name) {
  if (tiers.length === 0) return [];
  const { sources, pattern } = namedTests(tiers, name);
  if (sources.length === 0)
    refuse(`No test file of ${tiers.join(', ')} is called "${name}", and none has a test of that name.`);
  const programs = sources.some((path) => path.startsWith('test/process/')) ? ',worker,cli' : '';
  buildTargets(`--only=tests${programs}`, `--tests=${sources.join()}`);
  console.log(sources.join('\n'));
  const built = sources.map((path) => path.replace(/^test\//, 'dist/test/').replace(/\.ts$/, '.cjs'));
  return [{ tier: tiers.join(', '), command: nodeTest(built, pattern) }];
}

/** The commands of the tiers in windows, which build what they need themselves, or why they cannot be run here. */
function tiersInWindows(tiers, { name, only }) {
  const options = Object.entries({ name, only }).filter(([, value]) => value !== undefined);
  const given = options.map(([option, value]) => `--${option}=${value}`);
  return tiers.map((tier) => ({
    tier,
    command: [process.execPath, windowTiers[tier], ...given],
    missing: noChromium,
  }));
}

/** Runs one command, showing its output, and returns the counts of its closing line. */
async function run(tier, command) {
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
    console.log(`not ok: tier ${tier} printed no closing line (${command.slice(0, 3).join(' ')} ended with ${status})`);
    return [0, 1, 0];
  }
  if (status !== 0 && counts[1] === 0) {
    console.log(`not ok: tier ${tier} ended with ${status} although no test failed`);
    counts[1] = 1;
  }
  return counts;
}

const asked = readArguments();
prepareDependencies();
const inNode = asked.tiers.filter((tier) => nodeTiers.includes(tier));
const inWindows = asked.tiers.filter((tier) => tier in windowTiers);
const commands = [
  ...(asked.name === undefined ? wholeTiers(inNode) : namedTiers(inNode, asked.name)),
  ...tiersInWindows(inWindows, asked),
];
if (!existsSync(join(root, '..', 'shared')))
  console.log('Reference material: ../shared is not here; tests that need it are skipped.');
if (!existsSync('/dev/nvidiactl')) console.log('GPU: none here; the GPU engine is not exercised.');
if (!existsSync(join(root, '.venv', 'ready')))
  console.log('Python: no .venv with TensorFlow; interoperability (test/interop) runs in .ci/run.');

const total = [0, 0, 0];
for (const { tier, command, missing } of commands) {
  console.log(`\n== ${tier}`);
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    total[2]++;
    continue;
  }
  measureSlowness();
  const started = Date.now();
  const counts = await run(tier, command);
  if (asked.name !== undefined && counts.every((count) => count === 0)) {
    console.log(`not ok: no test of ${tier} is called "${asked.name}"`);
    counts[1] = 1;
  }
  counts.forEach((count, index) => (total[index] += count));
  console.log(
    `${tier}: ${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped in ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
}
console.log(`\n${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`);
process.exit(total[1] > 0 ? 1 : 0);
