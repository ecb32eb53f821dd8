import { test } from 'node:test';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { loadGoldenCase } from '../fixtures/goldenNetwork';
import { checkTrainerStep } from '../fixtures/goldenTrainerStep';
import { skipWithoutShared } from '../fixtures/shared';

const skip = skipWithoutShared('golden', 'network');

test(
  "the trainer's whole-network step measures the reference's losses and moves every variable",
  { skip },
  async () => {
    await checkTrainerStep(await openWasm(), await loadGoldenCase('squeezenet'));
  },
);
