import { type MarginRule, turned } from './marginRule';

/**
 * cos(θ + m) (ArcFace, Deng et al. 2019, eq. 3), which would grow again where θ + m > π. There it is cos θ − m sin m, as in
 * the paper's own program: an image so far off is drawn nearer with a slope of 1.
 */
export function arcface(m: number): MarginRule {
  const [cos, sin] = [Math.cos(m), Math.sin(m)];
  return {
    ofRightAngle: -sin,
    harden(rows, angles) {
      const { cosine } = angles;
      const farthest = Math.cos(Math.PI - m);
      const moved = turned(rows, angles, { cos: cos - 1, sin });
      return {
        cosine: rows.ifGreater(cosine, farthest, moved.cosine, -m * sin),
        slope: rows.ifGreater(cosine, farthest, moved.slope, 0),
      };
    },
  };
}
