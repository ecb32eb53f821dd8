import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { extension, remove, run, workspace, write, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

describe('Images that are looked at', () => {
  const ada = (image: number): string => workspace('crowd', 'Ada_Lovelace', `Ada_Lovelace_000${image}.png`);
  beforeEach(async () => {
    writeDataset('crowd', { Ada_Lovelace: 3, Grace_Hopper: 2 });
    (await extension()).library.refresh();
  });
  afterEach(async () => {
    for (const path of ['crowd', 'crowd_removed']) remove(path);
    (await extension()).library.refresh();
  });

  it('are taken out of their dataset without a question, and put back', async () => {
    const { value, notices } = await run<string[]>('facenet.excludeImages', { paths: [ada(1), ada(2)] });
    assert.deepEqual(value, [ada(1), ada(2)], notices[0]?.text);
    assert.match(notices[0]!.text, /^2 images were taken out of crowd; they lie in crowd_removed\.$/);
    assert.ok(!existsSync(ada(1)));
    assert.ok(existsSync(workspace('crowd_removed', 'Ada_Lovelace', 'Ada_Lovelace_0001.png')));
    const [undo] = notices[0]!.actions;
    assert.equal(undo?.title, 'Undo');
    await undo.run();
    assert.ok(existsSync(ada(1)) && existsSync(ada(2)));
  });

  it('are given to another person, beside one of the same name', async () => {
    const theirs = write('crowd/Grace_Hopper/Ada_Lovelace_0001.png', 'mine');
    const { value, notices } = await run<string[]>('facenet.moveImages', { paths: [ada(1)], person: 'Grace_Hopper' });
    assert.deepEqual(value, [ada(1)], notices[0]?.text);
    assert.ok(existsSync(theirs) && existsSync(theirs.replace('.png', ' (2).png')));
  });

  it('of two datasets, and no image at all, are refused in a sentence', async () => {
    const other = write('elsewhere/Ada/1.png', 'x');
    const two = await run('facenet.excludeImages', { paths: [ada(1), other] });
    assert.match(two.notices[0]!.text, /not images of people of one dataset/);
    const none = await run('facenet.excludeImages');
    assert.match(none.notices[0]!.text, /No image is chosen\. Choose images in a gallery/);
    remove('elsewhere');
  });

  it('of the wrong person go to somebody new by a typed name, or out of the dataset', async function () {
    if (!hasOutside) skip(this, 'the question is answered from outside');
    const asked = run<string[]>('facenet.wrongPerson', { paths: [ada(1)] });
    await outside('type', { text: 'Rosa Parks' });
    await outside('screenshot', { name: 'wrong-person' });
    await outside('key', { key: 'Enter' });
    assert.deepEqual((await asked).value, [ada(1)]);
    assert.ok(existsSync(workspace('crowd', 'Rosa_Parks', 'Ada_Lovelace_0001.png')));
    const again = run<string[]>('facenet.wrongPerson', { paths: [ada(2)] });
    await outside('type', { text: 'Nobody of' });
    await eventually('the choice', async () => (await outside<string[]>('quickRows'))[0]?.startsWith('Nobody of this'));
    await outside('key', { key: 'Enter' });
    assert.deepEqual((await again).value, [ada(2)]);
    await eventually('the image is beside the dataset', () =>
      existsSync(workspace('crowd_removed', 'Ada_Lovelace', 'Ada_Lovelace_0002.png')),
    );
  });
});
