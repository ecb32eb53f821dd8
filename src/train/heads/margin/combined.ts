import { type MarginRule, turned } from './marginRule';

/**
 * cos(m1 θ + m2) − m3 (ArcFace, Deng et al. 2019, eq. 4), which holds SphereFace, ArcFace and CosFace. Where the angle
 * φ = m1 θ + m2 passes π it goes on falling as SphereFace has it (Liu et al. 2017, eq. 7): (−1)^k cos φ − 2k with
 * k = ⌊φ/π⌋. The ArcFace paper's program lets it rise again there.
 */
export function combined(m1: number, m2: number, m3: number): MarginRule {
  const right = (m1 * Math.PI) / 2 + m2;
  const turns = Math.floor(right / Math.PI);
  return {
    ofRightAngle: Math.cos(right - turns * Math.PI) - 2 * turns - m3,
    harden: m1 === 1 && m2 >= 0 && m2 <= Math.PI ? moved(m2, m3) : stretched(m1, m2, m3),
  };
}

/** Of m1 = 1, where φ = θ + m2 passes π once at most and no angle has to be known. */
function moved(m2: number, m3: number): MarginRule['harden'] {
  const [cos, sin] = [Math.cos(m2), Math.sin(m2)];
  const farthest = Math.cos(Math.PI - m2);
  return (rows, angles) => {
    const { cosine } = angles;
    const at = turned(rows, angles, { cos, sin });
    const hardened = rows.sub(rows.ifGreater(cosine, farthest, at.cosine, rows.sub(-2, at.cosine)), m3);
    return { cosine: rows.sub(hardened, cosine), slope: rows.sub(rows.abs(at.slope), 1) };
  };
}

/** Of any m1: the angle itself is multiplied, and may pass π several times. */
function stretched(m1: number, m2: number, m3: number): MarginRule['harden'] {
  return (rows, angles) => {
    const angle = rows.atan2(angles.sine, angles.cosine);
    const beyond = rows.add(rows.mul(angle, m1 - 1), m2);
    const at = turned(rows, angles, { cos: rows.cos(beyond), sin: rows.sin(beyond) });
    const k = rows.floor(rows.div(rows.add(angle, beyond), Math.PI));
    const sign = rows.cos(rows.mul(k, Math.PI));
    const hardened = rows.sub(rows.sub(rows.mul(at.cosine, sign), rows.mul(k, 2)), m3);
    return {
      cosine: rows.sub(hardened, angles.cosine),
      slope: rows.sub(rows.mul(rows.mul(at.slope, sign), m1), 1),
    };
  };
}
