import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimRunDirectories, recordedRunDirectories } from '../../../../src/train/loop/runDirectories';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const id = '20261128-081400-fine-tune';

test('without base directories everything lies in the run folder', async () => {
  assert.deepEqual(await claimRunDirectories({}, join(folder, id), id), {
    logs: join(folder, id),
    models: join(folder, id, 'checkpoints'),
    modelName: `model-${id}`,
  });
});

test('runs begun in one second share no folder below a base directory, whatever they are called', async () => {
  const bases = { logsBaseDir: join(folder, 'logs'), modelsBaseDir: join(folder, 'models') };
  mkdirSync(join(folder, 'logs', '20261128-081400-2'), { recursive: true });
  const claimed = await Promise.all(
    [id, '20261128-081400-other', id].map(async (run) => claimRunDirectories(bases, join(folder, run), run)),
  );
  const names = ['20261128-081400', '20261128-081400-3', '20261128-081400-4'];
  assert.deepEqual(
    claimed.map(({ models }) => models).sort(),
    names.map((name) => join(folder, 'models', name)),
  );
  for (const { logs, models, modelName } of claimed) {
    const name = models.slice(join(folder, 'models').length + 1);
    assert.equal(logs, join(folder, 'logs', name));
    assert.equal(modelName, `model-${name}`);
    assert.ok(existsSync(logs) && existsSync(models));
    assert.deepEqual(recordedRunDirectories({ logs, models }, bases, join(folder, id), id), {
      ...{ logs, models, modelName },
    });
  }
  assert.ok(!existsSync(join(folder, 'models', '20261128-081400-2')), 'what only one base had free is not left behind');
});

test('one folder by two names is claimed once', async () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'linked'), 'junction');
  const bases = { logsBaseDir: join(folder, 'linked'), modelsBaseDir: join(folder, 'real') };
  const { logs, models } = await claimRunDirectories(bases, join(folder, id), id);
  assert.equal(logs, join(folder, 'linked', '20261128-081400'));
  assert.equal(models, join(folder, 'real', '20261128-081400'));
});
