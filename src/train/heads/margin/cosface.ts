import type { MarginRule } from './marginRule';

/** cos θ − m (CosFace, Wang et al. 2018, eq. 4; AM-Softmax, Wang et al. 2018, eq. 6). */
export function cosface(m: number): MarginRule {
  return {
    ofRightAngle: -m,
    harden: () => ({ cosine: -m }),
  };
}
