// npm run fuzz [-- READER… --mutations=N --seed=TEXT --from=N]: damaged files for everything that reads files of others.
// READER is a part of a reader's name; by default all of them get 100,000 files each, on all cores. A table, then what
// broke a rule, each with the command that makes the same file again; the files themselves are kept in build/fuzz.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from './prepare.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mutations: { type: 'string', default: '100000' },
    seed: { type: 'string', default: 'fuzz' },
    from: { type: 'string', default: '0' },
  },
});
prepare();
const { bundlePrograms } = await import('./bundlePrograms.mjs');
const program = join(root, 'dist', 'fuzz', 'main.cjs');
await bundlePrograms([join(root, 'test', 'fuzz', 'main.ts')], join(root, 'dist', 'fuzz'), { sourcemap: 'inline' });

/** What a process of the program answers, or how it ended without an answer. */
function answerOf(...args) {
  return new Promise((resolve) => {
    const child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let answer;
    child.on('message', (message) => (answer = message));
    child.on('exit', (code, signal) => resolve(answer ?? { ended: signal ?? `exit ${code}` }));
  });
}

/** Files of one process: small enough that a process that dies says about where. */
const filesAtATime = 2000;

/** All files of one reader, in a process after the other. */
async function campaign(name) {
  const total = {
    reader: name,
    mutations: 0,
    refused: 0,
    read: 0,
    slowestMilliseconds: 0,
    largestBytes: 0,
    broken: [],
  };
  const [first, count] = [Number(values.from), Number(values.mutations)];
  for (let done = 0; done < count && total.broken.length < 10; done += filesAtATime) {
    const files = Math.min(filesAtATime, count - done);
    const part = await answerOf(name, values.seed, String(first + done), String(files));
    if (part.ended !== undefined) {
      total.broken.push(
        `${name}: the process ended (${part.ended}) between files ${first + done} and ${first + done + files}`,
      );
      continue;
    }
    for (const sum of ['mutations', 'refused', 'read']) total[sum] += part[sum];
    for (const most of ['slowestMilliseconds', 'largestBytes']) total[most] = Math.max(total[most], part[most]);
    total.broken.push(...part.broken);
  }
  process.stderr.write(`${name}: ${total.mutations} files, ${total.broken.length} broke a rule\n`);
  return total;
}

const all = await answerOf('--list');
const chosen = all.filter(
  (name) =>
    positionals.length === 0 ||
    positionals.some((part) => name === part || (!all.includes(part) && name.includes(part))),
);
if (chosen.length === 0) {
  console.error(`There is no reader ${positionals.join(', ')}; choose from ${all.join(', ')}.`);
  process.exit(2);
}
const results = new Array(chosen.length);
let next = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let index = next++; index < chosen.length; index = next++) results[index] = await campaign(chosen[index]);
  }),
);

const whole = (number) => Math.round(number).toLocaleString('en');
const rows = results.map(({ reader, mutations, refused, read, slowestMilliseconds, largestBytes }) => [
  ...[reader, whole(mutations), whole(refused), whole(read)],
  ...[whole(slowestMilliseconds), `${(largestBytes / 2 ** 20).toFixed(1)} MB`],
]);
const head = ['reader', 'mutations', 'typed errors', 'read well', 'slowest ms', 'largest allocation'];
const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
const line = (row) =>
  `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
console.log([line(head), rule, ...rows.map(line)].join('\n'));
const broken = results.flatMap((result) => result.broken);
for (const sentence of broken) console.log(`\n${sentence}`);
mkdirSync(join(root, 'build'), { recursive: true });
writeFileSync(join(root, 'build', 'fuzz.json'), `${JSON.stringify({ ...values, results }, undefined, 2)}\n`);
console.log(
  `\n${broken.length === 0 ? 'No rule was broken' : `${broken.length} files broke a rule`}; written to build/fuzz.json`,
);
process.exit(broken.length === 0 ? 0 : 1);
