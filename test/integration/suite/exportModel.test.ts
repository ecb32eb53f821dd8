import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { remove, run, workspace, write } from '../fixtures';

describe('Export Model', () => {
  after(() => {
    for (const path of ['exported', 'damaged.ckpt-1.index', 'damaged.ckpt-1.data-00000-of-00001']) remove(path);
  });

  it('writes the model that the verdict offers, with its card, and says where it is', async () => {
    write('exported/keep.txt', 'mine');
    const target = workspace('exported', 'starter.onnx');
    const { value, notices } = await run<string>('facenet.exportModel', { model: 'starter', target, format: 'onnx' });
    assert.equal(value, target, notices[0]?.text);
    assert.ok(statSync(target).size > 20_000_000);
    assert.match(readFileSync(`${target}.md`, 'utf8'), /^# /);
    assert.deepEqual(
      notices.map(({ level, text, actions }) => [level, text, actions.map(({ title }) => title)]),
      [['information', `The model is in ${target}.`, ['Reveal']]],
    );
    assert.equal(readFileSync(workspace('exported', 'keep.txt'), 'utf8'), 'mine');
  });

  it('says in one sentence that a model is damaged, and leaves no file', async () => {
    write('damaged.ckpt-1.index', 'no index');
    write('damaged.ckpt-1.data-00000-of-00001', '');
    const target = workspace('exported', 'damaged.onnx');
    const { value, notices } = await run<string>('facenet.exportModel', {
      ...{ model: workspace('damaged.ckpt-1'), target, format: 'onnx' },
    });
    assert.equal(value, undefined);
    assert.equal(notices.length, 1);
    assert.equal(notices[0]!.level, 'error');
    assert.match(notices[0]!.text, /damaged\.ckpt-1\.index/);
    assert.doesNotMatch(notices[0]!.text, /\n\s+at /);
    assert.ok(!existsSync(target));
    assert.ok(!readdirSync(workspace('exported')).some((name) => name.includes('damaged')));
  });
});
