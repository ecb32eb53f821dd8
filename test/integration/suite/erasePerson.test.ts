import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { ErasureOutcome } from '../../../src/protocol/erasure';
import { answer } from '../answer';
import { extension, remove, run, workspace, writeDataset } from '../fixtures';

describe('Erasing a person', () => {
  const before = process.env.XDG_DATA_HOME;
  const row = { kind: 'person', dataset: workspace('crowd'), person: { name: 'Ada_Lovelace', images: 3 } };
  beforeEach(async () => {
    // The trash of these tests, where the system has one of this kind.
    process.env.XDG_DATA_HOME = workspace('data');
    writeDataset('crowd', { Ada_Lovelace: 3, Grace_Hopper: 2, Rosa_Parks: 1 });
    writeDataset('crowd_removed', { Ada_Lovelace: 1 });
    (await extension()).library.refresh();
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
    for (const path of ['crowd', 'crowd_removed', 'data', '.facenet/erased']) remove(path);
    (await extension()).library.refresh();
  });

  it('takes them out of the dataset and of what was taken out of it before, and says where they are', async () => {
    const { value, notices } = await run<ErasureOutcome>('facenet.erasePerson', {
      ...{ dataset: workspace('crowd'), person: 'Ada_Lovelace', confirmed: true },
    });
    assert.equal(value?.moved.length, 2, notices[0]?.text);
    assert.match(notices[0]!.text, /^Ada Lovelace was erased; /);
    for (const folder of ['crowd', 'crowd_removed']) assert.ok(!existsSync(workspace(folder, 'Ada_Lovelace')));
    assert.ok(existsSync(workspace('crowd', 'Grace_Hopper')));
  });

  it('asks first, with all that will happen', async () => {
    const left = await answer('Cancel', 'facenet.erasePerson', row);
    assert.match(left.question, /^Erase Ada Lovelace\? Their images go to the trash\.$/m);
    assert.match(left.question, /^crowd\/Ada_Lovelace: images, 3 put away$/m);
    assert.match(left.question, /^crowd_removed\/Ada_Lovelace: images, 1 put away$/m);
    assert.equal(left.value, undefined);
    assert.ok(existsSync(workspace('crowd', 'Ada_Lovelace')));
    const done = await answer<ErasureOutcome>('Erase', 'facenet.erasePerson', row);
    assert.equal(done.value?.moved.length, 2, done.notices[0]?.text);
    assert.ok(!existsSync(workspace('crowd', 'Ada_Lovelace')));
  });

  it('of a name that nobody has is refused in a sentence', async () => {
    const { notices } = await run('facenet.erasePerson', {
      ...{ dataset: workspace('crowd'), person: 'Nobody_Else', confirmed: true },
    });
    assert.match(notices[0]!.text, /^Nobody is called Nobody_Else/);
  });
});
