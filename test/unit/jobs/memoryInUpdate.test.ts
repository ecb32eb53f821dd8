import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { OutOfMemoryError } from '../../../src/engine/outOfMemory';
import { UserError } from '../../../src/protocol/errors';
import { openRunFolder } from '../../../src/run/runFolder';
import { Optimizer } from '../../../src/train/step/optimizers';
import { within } from '../../fixtures/deadlines.mjs';
import { newTraining, smallTraining, tensorsOf, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

type Apply = (this: Optimizer, ...given: Parameters<Optimizer['apply']>) => void;

/** Update of the step in which memory is exhausted, after its first variable has been moved. */
const failing = 20;

describe('memory that is exhausted in the update of a step', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  before(async () => writeSmallDataset(workspace));

  test('ends the run with a sentence; nothing of the half-made step is saved, and a resume makes it again', async (t) => {
    const straight = await newTraining(workspace, smallTraining(workspace), 'straight');
    assert.equal(await train(straight.path), undefined);

    const { path } = await newTraining(workspace, smallTraining(workspace), 'interrupted');
    const apply: Apply = Reflect.get(Optimizer.prototype, 'apply');
    let updates = 0;
    const fault = t.mock.method(Optimizer.prototype, 'apply', function (this: Optimizer, gradients, rate, present) {
      if (++updates !== failing) return apply.call(this, gradients, rate, present);
      const [first] = Object.entries(gradients);
      apply.call(this, Object.fromEntries([first!]), rate, present);
      throw new OutOfMemoryError('no more is given');
    } as Apply);
    const error = await train(path);
    fault.mock.restore();

    assert.equal(updates, failing, 'it is not tried again, as half of it has happened');
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.sentence, /^.+ has too little free memory for phase classifier with 4 images at a time\. Use a/);
    const { record } = await openRunFolder(path);
    assert.equal(record.state, 'failed');
    assert.ok(record.checkpoint!.step < failing);
    assert.equal(await train(path), undefined);
    assert.deepEqual(await tensorsOf(path), await tensorsOf(straight.path));
  });
});
