// Names that would command a terminal, planted in a dataset, a checkpoint and a run, and what the command line makes of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import { demoRequestSchema } from '../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../src/run/runFolder';
import { acts, hostileNames } from '../fixtures/hostileNames';
import { temporaryWorkspace } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const names = Object.values(hostileNames);
/** As names of files: without slashes. */
const fileNames = names.map((name) => name.replaceAll('/', '_'));

describe(
  'names of others in a terminal',
  { timeout: within(60_000), skip: process.platform === 'win32' && 'Windows has no such names of files' },
  () => {
    let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
    const at = (...parts: string[]): string => join(workspace.path, ...parts);
    before(async () => {
      workspace = await temporaryWorkspace();
      for (const name of fileNames) {
        await mkdir(at('faces', name), { recursive: true });
        await writeFile(at('faces', name, `${name}.png`), 'no image');
      }
      const tensors = names.map((name) => [name, { shape: [1], data: new Float32Array([1]) }] as const);
      await writeCheckpoint(at('model.ckpt-1'), new Map(tensors));
      for (const name of names) {
        const request = demoRequestSchema.parse({ kind: 'demo', outputDir: at('x'), people: 4, photographs: 4 });
        const run = await createRunFolder(runsDirectory(workspace.path), request, 'hostile');
        await appendFile(run.metrics, `${JSON.stringify({ type: 'log', time: 't', level: 'info', message: name })}\n`);
        await run.update({ title: name, state: 'failed', error: { message: name, action: name } });
      }
    });
    after(async () => workspace.dispose());

    const facenet = (...args: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [distFile('cli.cjs'), ...args], {
        cwd: workspace.path,
        encoding: 'utf8',
      });
      const text = stdout + stderr;
      assert.doesNotMatch(text, acts, args.join(' '));
      assert.doesNotMatch(text, /^facenet: all is well/m, 'no name begins a line');
      return stdout;
    };

    test('of people and images', () => {
      const listed = facenet('clean', 'faces');
      assert.match(listed, /\\u001b\[31mred/);
      const answer = facenet('clean', 'faces', '--json');
      const problems = JSON.parse(answer) as { path: string }[];
      const found = new Set(problems.map(({ path }) => path));
      for (const name of fileNames) assert.ok(found.has(at('faces', name, `${name}.png`)), JSON.stringify(name));
    });

    test('of tensors', () => {
      assert.match(facenet('inspect', 'model.ckpt-1'), /\\u001b\]52/);
      const { stages } = JSON.parse(facenet('inspect', 'model.ckpt-1', '--json')) as { stages: unknown };
      for (const name of names) assert.ok(JSON.stringify(stages).includes(JSON.stringify(name)), JSON.stringify(name));
    });

    test('of runs, and what they say', () => {
      assert.match(facenet('runs'), /photo\\u202egnp\.exe/);
      const runs = JSON.parse(facenet('runs', '--json')) as { id: string; title: string }[];
      assert.deepEqual(new Set(runs.map(({ title }) => title)), new Set(names));
      for (const { id } of runs) facenet('attach', id);
    });

    test('of arguments that are no commands, flags or files', () => {
      for (const name of names) {
        facenet(name);
        facenet('runs', name);
        facenet('inspect', `./${name}`);
      }
    });
  },
);
