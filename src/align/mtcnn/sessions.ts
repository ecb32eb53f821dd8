import { openOnnxSession, type ForwardSession } from '../../engine/onnx';
import type { Chain } from '../../network/ops';
import { exportOnnx } from '../../network/onnx/exportOnnx';
import type { Weights } from '../../network/tensor';
import { onet, pnet, rnet } from './networks';
import { readMtcnnWeights } from './weights';

export interface MtcnnSessions {
  pnet: ForwardSession;
  rnet: ForwardSession;
  onet: ForwardSession;
}

/** The three networks on one thread each: pictures are spread over workers, not a picture over threads. */
export async function openMtcnnSessions(folder: string): Promise<MtcnnSessions> {
  const weights = await readMtcnnWeights(folder);
  return {
    pnet: await open(pnet, weights, undefined),
    rnet: await open(rnet, weights, 24),
    onet: await open(onet, weights, 48),
  };
}

function open(chain: Chain, weights: Weights, size: number | undefined): Promise<ForwardSession> {
  const model = exportOnnx(chain, weights, { inputShape: [size, size, 3] });
  return openOnnxSession(model, { threads: 1, dynamicShapes: true });
}
