import { angleOf, type MarginRule, perCosine } from './marginRule';

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
      const angle = tf.add(tf.mul(angleOf(tf, angles), m1), m2);
      const k = tf.floor(tf.div(angle, Math.PI));
      const rest = tf.sub(angle, tf.mul(k, Math.PI));
      return {
        // (−1)^k cos φ is cos(φ − kπ), and likewise for the sine.
        cosine: tf.sub(tf.sub(tf.cos(rest), tf.mul(k, 2)), m3),
        slope: perCosine(tf, tf.mul(tf.sin(rest), m1), angles),
      };
    },
  };
}
