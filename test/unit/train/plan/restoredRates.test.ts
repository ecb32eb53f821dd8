import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeCheckpoint } from '../../../../src/checkpoint/writeCheckpoint';
import { describe as describeNetwork } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import { trainConfigSchema } from '../../../../src/protocol/trainConfig';
import { restoredRates } from '../../../../src/train/plan/restoredRates';
import { planTraining, type TrainingPlan } from '../../../../src/train/plan/trainingPlan';
import { writeNoiseFaces } from '../../../fixtures/noiseFaces';
import { regenerableWeights } from '../../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const faces = join(folder, 'faces');
const planOf = async (fields: object): Promise<TrainingPlan> =>
  planTraining(
    trainConfigSchema.parse({
      ...{ dataDir: faces, pretrainedModel: join(folder, 'model') },
      phases: [{ name: 'all', trainableFrom: 'All', epochs: 2, learningRate: 0.05 }],
      ...fields,
    }),
  );

describe('a lower rate for what comes from the model', () => {
  before(async () => {
    await writeNoiseFaces(faces, { people: 3, images: 4, size: 32 });
    // A classifier of five people, so that it does not fit the three.
    const { variables } = describeNetwork(networkByName('squeezenet', { embeddingSize: 128 }), { classes: 5 });
    await writeCheckpoint(join(folder, 'model', 'model-x.ckpt-1'), regenerableWeights(variables));
  });

  test('holds for every restored variable and for no other', async () => {
    const plan = await planOf({ restoredRateFactor: 0.1 });
    const rates = await restoredRates(plan);
    const { variables } = describeNetwork(plan.network, { head: plan.head.stages });
    const isNew = (name: string): boolean => name.startsWith('Logits/');
    assert.equal(variables.filter(({ name }) => isNew(name)).length, 2);
    assert.deepEqual(new Map(rates), new Map(variables.filter(({ name }) => !isNew(name)).map(({ name }) => [name, 0.1]))); // prettier-ignore
    assert.ok(plan.remarks.includes('What comes from the model moves with 0.1 of the rate.'));
  });

  test('is off by default and has nothing to do from scratch, which is told', async () => {
    const usual = await planOf({});
    assert.equal((await restoredRates(usual)).size, 0);
    assert.ok(!usual.remarks.some((remark) => remark.includes('the rate')));
    const scratch = await planOf({ pretrainedModel: undefined, network: 'squeezenet', restoredRateFactor: 0.1 });
    assert.equal((await restoredRates(scratch)).size, 0);
    assert.ok(scratch.remarks.some((remark) => remark.includes('restored_rate_factor has no effect')));
  });
});
