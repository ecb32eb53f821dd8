// The files of cluster/, as far as they can be held without a cluster: the shell reads its scripts with Slurm's variables
// set, Kubernetes' own schema its manifests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { Job } from 'kubernetes-models/batch/v1';
import { Pod } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { slurmScript } from '../../../src/train/settings/slurmScript';
import { installationRoot } from '../../../src/engine/installation';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = join(installationRoot(), 'cluster');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const skip = process.platform === 'win32' && 'needs bash, which Slurm runs its scripts with';

/** A folder with programs in place of the real ones, and the variables to find them. */
function withPrograms(programs: Record<string, string>) {
  const cwd = temporaryFolder();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const run = (script: string, args: readonly string[], env: Record<string, string> = {}) =>
    spawnSync('bash', [join(folder, script), ...args], {
      ...{ cwd, encoding: 'utf8' },
      env: { ...process.env, PATH: bin + delimiter + process.env['PATH'], ...env },
    });
  const told = (): string => readFileSync(join(cwd, 'told'), 'utf8');
  return { run, told };
}

describe('scripts for Slurm', { skip }, () => {
  for (const name of readdirSync(folder).filter((one) => /\.(sbatch|sh)$/.test(one))) {
    test(`${name}: the shell reads it; directives come before commands, where Slurm looks for them`, () => {
      const { status, stderr } = spawnSync('bash', ['-n', join(folder, name)], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const lines = textOf(name).split('\n');
      const command = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
      const last = lines.findLastIndex((line) => line.startsWith('#SBATCH'));
      assert.ok(last < command, `line ${last + 1} is behind the first command`);
    });
  }

  test('a task that may pass is put into the queue again, three times; one that would fail again is not', () => {
    const variables = { SLURM_ARRAY_JOB_ID: '40', SLURM_ARRAY_TASK_ID: '3', SLURM_CPUS_PER_TASK: '4' };
    const codeOf = (code: number, restarts: string): [number | null, string] => {
      const { run, told } = withPrograms({
        facenet: `echo "$*" >> told; exit ${code}`,
        scontrol: 'echo "scontrol $*" >> told',
        sleep: '',
      });
      const { status } = run('align-array.sbatch', ['my photos', 'faces', '--margin', '32'], {
        ...variables,
        SLURM_RESTART_COUNT: restarts,
      });
      return [status, told()];
    };
    const command = 'align my photos faces --margin 32 --jobs 4\n';
    assert.deepEqual(codeOf(0, '0'), [0, command]);
    assert.deepEqual(codeOf(1, '2'), [1, `${command}scontrol requeue 40_3\n`]);
    assert.deepEqual(codeOf(1, '3'), [1, command]);
    assert.deepEqual(codeOf(3, '0'), [3, command]);
  });

  test('the merging waits for the array, on a cluster of clusters too', () => {
    const { run, told } = withPrograms({ sbatch: 'echo "$*" >> told; echo "$(wc -l < told);west"' });
    const { stdout, stderr } = run('align.sh', ['photos', 'faces'], { TASKS: '16' });
    assert.equal(stdout, '2\n', stderr);
    assert.equal(
      told().replaceAll(`${folder}/`, ''),
      '--parsable --array=1-16 align-array.sbatch photos faces\n' +
        '--parsable --dependency=afterok:1 --kill-on-invalid-dep=yes merge.sbatch faces\n',
    );
  });

  test('that of a training is what the window writes', () => {
    const script = slurmScript({ title: 'facenet-train', root: '.', configuration: 'my.facenet.json' });
    assert.equal(textOf('train.sbatch'), script);
  });
});

describe('manifests for Kubernetes', () => {
  test('the Indexed Job: its schema, one number of parts, and the exit codes that end a part', () => {
    const manifest = parse(textOf('align-job.yaml')) as ConstructorParameters<typeof Job>[0] & object;
    new Job(manifest).validate();
    const { spec } = manifest;
    assert.equal(spec!.completionMode, 'Indexed', 'else no pod has an index');
    const args = spec!.template.spec!.containers[0]!.args!;
    assert.equal(args[args.indexOf('--shard') + 1], String(spec!.completions));
    assert.equal(spec!.template.spec!.restartPolicy, 'Never', 'a podFailurePolicy asks for it');
    const rule = spec!.podFailurePolicy!.rules.find(({ onExitCodes }) => onExitCodes !== undefined)!;
    assert.deepEqual([rule.action, rule.onExitCodes!.values], ['FailIndex', [2, 3]]);
    assert.equal(typeof spec!.backoffLimitPerIndex, 'number', 'FailIndex asks for it');
    assert.throws(() => new Job({ ...manifest, spec: { ...spec!, completions: '8' as never } }).validate());
  });

  test("the MPIJob: its pods by Kubernetes' schema, as many ranks as workers have slots", () => {
    const { apiVersion, kind, spec } = parse(textOf('train-mpijob.yaml')) as MpiJob;
    assert.deepEqual([apiVersion, kind], ['kubeflow.org/v2beta1', 'MPIJob']);
    const { Launcher: launcher, Worker: worker } = spec.mpiReplicaSpecs;
    for (const { template } of [launcher, worker]) new Pod({ metadata: { name: 'x' }, spec: template.spec }).validate();
    const command = launcher.template.spec.containers[0]!.command!;
    assert.equal(Number(command[command.indexOf('-n') + 1]), worker.replicas * spec.slotsPerWorker);
  });
});

interface MpiJob {
  apiVersion: string;
  kind: string;
  spec: { slotsPerWorker: number; mpiReplicaSpecs: Record<'Launcher' | 'Worker', Replicas> };
}
interface Replicas {
  replicas: number;
  template: { spec: NonNullable<(ConstructorParameters<typeof Pod>[0] & object)['spec']> };
}

test('the Dockerfile takes the package as it is made and what lies in it', () => {
  const text = textOf('Dockerfile');
  const { name } = JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { name: string };
  assert.ok(text.includes(`COPY build/${name}-linux-x64-*.vsix `), 'the file that npm run package writes');
  const program = /node \/opt\/facenet\/(\S+)/.exec(text)![1]!;
  assert.ok(
    readFileSync(join(installationRoot(), '.vscodeignore'), 'utf8').split('\n').includes(`!${program}`),
    program,
  );
  const stages = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)].map(([, from, as]) => ({ from, as }));
  for (const [index, { from }] of stages.entries())
    assert.ok(from === 'debian:trixie-slim' || stages.slice(0, index).some(({ as }) => as === from), from);
});
