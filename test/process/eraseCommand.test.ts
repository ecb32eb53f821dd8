import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readClassifier } from '../../src/classify/classifierFile';
import { distFile } from '../../src/engine/installation';
import { erasureOutcomeSchema, erasurePlanSchema } from '../../src/protocol/erasure';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryFolder } from '../fixtures/temporaryFolder';

function workspace(): {
  root: string;
  erase: (...args: string[]) => { code: number | null; out: string; err: string };
} {
  const root = temporaryFolder();
  for (const person of ['Ada_Lovelace', 'Grace_Hopper', 'Rosa_Parks']) {
    mkdirSync(join(root, 'photos', person), { recursive: true });
    writeFileSync(join(root, 'photos', person, '1.png'), person);
  }
  const env = { ...process.env, XDG_DATA_HOME: join(root, 'data') };
  return {
    root,
    erase(...args) {
      const command = [distFile('cli.cjs'), 'erase', ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' });
      return { code: status, out: stdout, err: stderr };
    },
  };
}

test('facenet erase shows what it would do, and does it when told to', () => {
  const { root, erase } = workspace();
  const shown = erase('Ada Lovelace');
  assert.deepEqual(
    [shown.code, shown.out],
    [
      0,
      'To erase Ada_Lovelace, in this order:\n' +
        `  ${join('photos', 'Ada_Lovelace')}: images, 1 put away\n` +
        'Nothing was changed; --yes does it without asking.\n',
    ],
  );
  const plan = erasurePlanSchema.parse(JSON.parse(erase('Ada_Lovelace', '--json').out));
  assert.deepEqual(plan.steps, [{ kind: 'folder', path: join(root, 'photos', 'Ada_Lovelace'), images: 1 }]);
  assert.ok(existsSync(join(root, 'photos', 'Ada_Lovelace', '1.png')));

  const done = erase('Ada_Lovelace', '--yes', '--to', 'away');
  const [, , line, last] = done.out.trimEnd().split('\n');
  const away = join('away', 'photos', 'Ada_Lovelace');
  assert.equal(line, `done: ${join('photos', 'Ada_Lovelace')}: images, 1 put away (in ${away})`, done.err);
  assert.equal(last, 'Ada_Lovelace was erased.');
  assert.deepEqual(readdirSync(join(root, away)), ['1.png']);
  assert.deepEqual(readdirSync(join(root, 'photos')), ['Grace_Hopper', 'Rosa_Parks']);
});

test('what was done comes as JSON, with where the images lie', () => {
  const { root, erase } = workspace();
  const { out, err } = erase('Ada_Lovelace', join(root, 'photos'), '--yes', '--json');
  const { moved } = erasureOutcomeSchema.parse(JSON.parse(out || err));
  assert.equal(moved.length, 1);
  assert.ok(existsSync(join(moved[0]!.to, '1.png')));
  if (process.platform === 'linux') assert.equal(moved[0]!.trash, true);
});

test('a name that nobody has is one sentence', () => {
  const { code, err } = workspace().erase('Ada_Lovelac', '--yes');
  assert.equal(code, 1);
  assert.match(
    err,
    /^facenet: Nobody is called Ada_Lovelac in the 1 dataset here, nor in a run\. Did you mean Ada_Lovelace\?\n$/,
  );
});

test('a classifier is trained again without them, and answers with the others alone', async () => {
  const root = temporaryFolder();
  await writeNoiseFaces(join(root, 'faces'), { people: 4, images: 3, size: 150 });
  const facenet = (...args: string[]): string => {
    const env = { ...process.env, XDG_DATA_HOME: join(root, 'data') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [distFile('cli.cjs'), ...args], {
      ...{ cwd: root, env, encoding: 'utf8' },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  facenet('classifier', 'TRAIN', 'faces', 'starter', 'people.json');
  const before = await readClassifier(join(root, 'people.json'));
  assert.deepEqual(before.trainedFrom, { faces: join(root, 'faces'), model: 'starter', far: 0.01 });
  const out = facenet('erase', 'person_1', '--yes', '--to', 'away');
  assert.match(out, /done: people\.json: .* a new one trained on the 3 others in its place \(in away/);
  const after = await readClassifier(join(root, 'people.json'));
  assert.deepEqual(
    after.people.map(({ folder }) => folder),
    ['person_0', 'person_2', 'person_3'],
  );
  assert.deepEqual([after.seed, after.trainedFrom], [before.seed, before.trainedFrom]);
  assert.equal((await readClassifier(join(root, 'away', 'people.json'))).people.length, 4);
  assert.match(facenet('classifier', 'CLASSIFY', 'faces', 'starter', 'people.json'), /Accuracy: /);

  // Another model of that name: nothing can be said of its embeddings.
  const altered = readFileSync(join(root, 'people.json'), 'utf8').replace(
    /"sha256":"[0-9a-f]{64}"/,
    `"sha256":"${'0'.repeat(64)}"`,
  );
  const content = JSON.parse(altered) as { sha256?: string };
  delete content.sha256;
  const sha256 = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  writeFileSync(join(root, 'people.json'), JSON.stringify({ ...content, sha256 }));
  const { steps } = erasureOutcomeSchema.parse(
    JSON.parse(facenet('erase', 'person_0', '--yes', '--to', 'away', '--json')),
  );
  assert.deepEqual(steps[0], { kind: 'classifier', path: join(root, 'people.json'), away: 'model' });
  assert.deepEqual(
    readdirSync(root).filter((name) => name.startsWith('people.json') || name.endsWith('.tmp')),
    [],
  );
});
