import { type MarginRule, perCosine, turned } from './marginRule';

/**
 * cos(θ + m) (ArcFace, Deng et al. 2019, eq. 3), which would grow again where θ + m > π. There it is cos θ − m sin m, as in
 * the paper's own program: an image so far off is drawn nearer with a slope of 1.
 */
export function arcface(m: number): MarginRule {
  const [cos, sin] = [Math.cos(m), Math.sin(m)];
  return {
    ofRightAngle: -sin,
    harden(tf, angles) {
      const { cosine } = angles;
      const isNear = tf.greater(cosine, Math.cos(Math.PI - m));
      const moved = turned(tf, angles, { cos, sin });
      return {
        cosine: tf.where(isNear, moved.cosine, tf.sub(cosine, m * sin)),
        slope: tf.where(isNear, perCosine(tf, moved.sine, angles), tf.onesLike(cosine)),
      };
    },
  };
}
