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
    harden(tf, angles) {
      const angle = tf.atan2(angles.sine, angles.cosine);
      const beyond = tf.add(tf.mul(angle, m1 - 1), m2);
      const moved = turned(tf, angles, { cos: tf.cos(beyond), sin: tf.sin(beyond) });
      const k = tf.floor(tf.div(tf.add(angle, beyond), Math.PI));
      const sign = tf.cos(tf.mul(k, Math.PI));
      return {
        cosine: tf.sub(tf.sub(tf.mul(moved.cosine, sign), tf.mul(k, 2)), m3),
        slope: perCosine(tf, tf.mul(tf.mul(moved.sine, sign), m1), angles),
      };
    },
  };
}
