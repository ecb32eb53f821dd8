// The script of a training, run as Slurm does it: its directives are comments to the shell, its variables are set.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { slurmScript } from '../../../src/train/settings/slurmScript';
import { within } from '../../fixtures/deadlines.mjs';
import { until } from '../../fixtures/runs';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const skip = process.platform === 'win32' && 'needs bash, which Slurm runs its scripts with';

/** In place of the command: tells its arguments, and ends by itself or where it is asked to. */
const facenet = `#!/bin/bash
printf '%s|' "$@" >> told; echo >> told
echo 'Run folder: /runs/of mine'
trap 'exit 130' TERM
[[ -e finish ]] && exit 0
touch begun
while :; do sleep 0.05; done
`;

describe('the script of a training', { skip, timeout: within(60_000) }, () => {
  test('asked to stop it is put into the queue again, and goes on in its run folder until it is done', async () => {
    const base = temporaryFolder();
    const root = join(base, "Ann's faces");
    await mkdir(join(base, 'bin'));
    await mkdir(root);
    for (const [name, text] of [
      ['facenet', facenet],
      ['scontrol', '#!/bin/bash\necho "$@" >> queue\n'],
    ] as const) {
      await writeFile(join(base, 'bin', name), text);
      await chmod(join(base, 'bin', name), 0o755);
    }
    const script = join(base, 'train.sbatch');
    await writeFile(script, slurmScript({ title: 'Ann, and Bob', root, configuration: 'my faces.facenet.json' }));
    assert.equal(spawnSync('bash', ['-n', script]).status, 0);
    const start = () =>
      spawn('bash', [script, '--max_nrof_epochs', '3'], {
        cwd: base,
        env: { ...process.env, PATH: join(base, 'bin') + delimiter + process.env['PATH'], SLURM_JOB_ID: '71' },
        stdio: 'ignore',
      });
    const told = (): string => (existsSync(join(root, 'told')) ? readFileSync(join(root, 'told'), 'utf8') : '');

    const first = start();
    await until('the training has begun', async () => existsSync(join(root, 'begun')));
    await until('its place is known', async () => existsSync(join(root, '.facenet', 'slurm-71')));
    first.kill('SIGTERM');
    assert.deepEqual(await once(first, 'exit'), [130, null]);
    assert.equal(told(), 'train-softmax|--config|my faces.facenet.json|--max_nrof_epochs|3|\n');
    assert.equal(await readFile(join(root, 'queue'), 'utf8'), 'requeue 71\n');

    await writeFile(join(root, 'finish'), '');
    assert.deepEqual(await once(start(), 'exit'), [0, null]);
    assert.equal(told().split('\n')[1], 'train-softmax|--resume|/runs/of mine|');
    assert.equal(await readFile(join(root, 'queue'), 'utf8'), 'requeue 71\n', 'what is done is not queued again');
  });

  test('its name is one word for Slurm', () => {
    const text = slurmScript({ title: 'Ann, and\nBob #1', root: '/data', configuration: 'c.facenet.json' });
    assert.match(text, /^#SBATCH --job-name=Ann-and-Bob-1$/m);
    assert.match(text, /^cd \/data \|\| exit 1$/m);
  });
});
