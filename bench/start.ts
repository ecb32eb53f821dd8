/**
 * How long `facenet inspect` takes beside an empty program of Node, turn by turn: what is not asked for is not to be
 * loaded. The command line is built as it is packaged.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sharedPath, skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';
import { median } from './subjects/trainer';

const rounds = 15;

function secondsOf(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

export function run(): Measurement[] {
  const skip = skipWithoutShared('golden', 'checkpoint');
  if (skip !== false) throw new Error(skip);
  const model = sharedPath('golden', 'checkpoint', '20260101-squeezenet');
  // Beside dist/, so that the program finds its manifest and its native libraries.
  const folder = mkdtempSync(resolve('build', 'bench-start-'));
  try {
    const build = ['esbuild.config.mjs', '--production', '--only=cli', `--into=${folder}`];
    secondsOf(build);
    const [empty, inspect]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      empty.push(secondsOf(['-e', '0']));
      inspect.push(secondsOf([join(folder, 'cli.cjs'), 'inspect', model]));
    }
    return [
      { name: 'an empty program', value: median(empty) * 1000, unit: 'ms' },
      { name: 'facenet inspect of a checkpoint', value: median(inspect) * 1000, unit: 'ms' },
      { name: 'inspect / empty', value: median(inspect) / median(empty), unit: '×', note: `medians of ${rounds}` },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
