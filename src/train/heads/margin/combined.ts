import { type MarginRule, perCosine, turned } from './marginRule';

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
    harden(rows, angles) {
      const angle = rows.atan2(angles.sine, angles.cosine);
      const beyond = rows.add(rows.mul(angle, m1 - 1), m2);
      const moved = turned(rows, angles, { cos: rows.cos(beyond), sin: rows.sin(beyond) });
      const k = rows.floor(rows.div(rows.add(angle, beyond), Math.PI));
      const sign = rows.cos(rows.mul(k, Math.PI));
      return {
        cosine: rows.sub(rows.sub(rows.mul(moved.cosine, sign), rows.mul(k, 2)), m3),
        slope: perCosine(rows, rows.mul(rows.mul(moved.sine, sign), m1), angles),
      };
    },
  };
}
