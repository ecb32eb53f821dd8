/**
 * How long `facenet --help` and `facenet inspect` take beside an empty program of Node, turn by turn: what is not asked
 * for is not to be loaded. The command line is built as it is packaged.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sharedPath, skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';
import { median } from './subjects/trainer';

const rounds = 15;
const published = '20191010-231727';
const squeezenet = '20260101-squeezenet';

/** Of each start its name and arguments; `shared` is what of the reference material it reads. */
const starts: readonly { name: string; args: readonly string[]; shared?: readonly string[] }[] = [
  { name: '--help', args: ['--help'] },
  { name: 'inspect starter', args: ['inspect', 'starter'] },
  inspectShared(squeezenet, 'golden', 'checkpoint', squeezenet),
  inspectShared(
    `${published}, the index alone`,
    'golden',
    'checkpoint',
    published,
    `model-${published}.ckpt-200.index`,
  ),
];

function inspectShared(what: string, ...shared: string[]): (typeof starts)[number] {
  return { name: `inspect ${what}`, args: ['inspect', sharedPath(...shared)], shared };
}

function millisecondsOf(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

export function run(): Measurement[] {
  // Beside dist/, so that the program finds its manifest and its native libraries.
  const folder = mkdtempSync(resolve('build', 'bench-start-'));
  try {
    millisecondsOf(['esbuild.config.mjs', '--production', '--only=cli', `--into=${folder}`]);
    const subjects = starts.map(({ name, args, shared = [] }) => ({
      name,
      args: [join(folder, 'cli.cjs'), ...args],
      skip: skipWithoutShared(...shared),
      times: [] as number[],
    }));
    const empty: number[] = [];
    for (let round = 0; round < rounds; round++) {
      empty.push(millisecondsOf(['-e', '0']));
      for (const { args, skip, times } of subjects) if (skip === false) times.push(millisecondsOf(args));
    }
    return [
      { name: 'an empty program', value: median(empty), unit: 'ms', note: `medians of ${rounds}` },
      ...subjects.flatMap(({ name, skip, times }) =>
        skip === false
          ? [
              { name: `facenet ${name}`, value: median(times), unit: 'ms' },
              { name: '  / empty', value: median(times) / median(empty), unit: '×', note: 'aim: at most 3' },
            ]
          : [{ name: `facenet ${name}`, value: 0, unit: '', note: `skipped: ${skip}` }],
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
