import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { SelfCheck } from '../../../src/protocol/selfCheck';
import { remove, run, workspace, writeNoise } from '../fixtures';

describe('Self-Check', () => {
  before(() => writeNoise('looks', { people: 3, images: 2, size: 150 }));
  after(() => remove('looks'));

  it('looks at a model on aligned faces, and says in a sentence what it has found', async () => {
    const given = { model: 'starter', dataset: workspace('looks') };
    const { value, notices } = await run<SelfCheck>('facenet.selfCheck', given);
    assert.equal(value?.people, 3, notices[0]?.text);
    assert.equal(notices.length, 1);
    const [{ text, actions }] = notices as [(typeof notices)[0]];
    if (value.finding === 'sound') assert.match(text, /^.+ is sound: 3 people are \d\.\d\d apart on average/);
    else assert.match(text, /^Collapsed: /);
    assert.deepEqual(
      actions.map(({ title }) => title),
      ['Show Figures'],
    );
  });

  it('says in one sentence that there are too few people', async () => {
    const given = { model: 'starter', dataset: join(workspace('looks'), 'person_0') };
    const { value, notices } = await run<SelfCheck>('facenet.selfCheck', given);
    assert.equal(value, undefined);
    assert.equal(notices.length, 1);
    assert.equal(notices[0]!.level, 'error');
    assert.doesNotMatch(notices[0]!.text, /\n\s+at /);
  });
});
