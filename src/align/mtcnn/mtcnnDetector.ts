import type { ForwardSession } from '../../engine/onnx';
import type { RgbImage } from '../../image/rgbImage';
import type { Box, Face, FaceDetector, Landmarks } from '../face';
import { faceProbability, generateBoundingBoxes, type Candidate, type Regression } from './candidates';
import { faceMap } from './faceMap';
import { resamplePatch } from './patchResampler';
import { patchRegion } from './padding';
import { pyramidLevels } from './pyramid';
import { refine, refineProposal, squared, truncated } from './refinement';
import { openMtcnnSessions, type MtcnnSessions } from './sessions';
import { SummedArea } from './summedArea';
import { suppress } from './suppression';
import { levelInput } from './levelInput';

/** Least probabilities of being a face at the three stages (spec §2.2). */
const thresholds = { proposal: 0.6, refinement: 0.7, output: 0.7 } as const;

/** Boxes that have pixels in the image, with what a network says about each: row `i` of every result. */
interface Verdict<T> {
  boxes: T[];
  results: Float32Array[];
}

/**
 * The cascade of Zhang et al. 2016 as the reference runs it (spec §2.5), its off-by-ones included: boxes are 1-based
 * inside and used as 0-based outside, because published accuracies were measured on such crops.
 */
export class MtcnnDetector implements FaceDetector {
  readonly name = 'mtcnn';
  /** Memory of the image before, taken again for the next one. */
  private area: SummedArea | undefined;
  private buffer = new Float32Array(0);

  private constructor(private readonly sessions: MtcnnSessions) {}

  /** @throws UserError when `folder` lacks det1.npy, det2.npy or det3.npy. */
  static async open(folder: string): Promise<MtcnnDetector> {
    return new MtcnnDetector(await openMtcnnSessions(folder));
  }

  async detect(image: RgbImage): Promise<Face[]> {
    const area = SummedArea.of(image, this.area);
    this.area = area;
    const proposals = await this.propose(image, area);
    const refined = proposals.length === 0 ? [] : await this.refineProposals(image, area, proposals);
    return refined.length === 0 ? [] : this.decide(image, area, refined);
  }

  async dispose(): Promise<void> {
    await Promise.all(Object.values(this.sessions).map((session: ForwardSession) => session.dispose()));
  }

  /** Stage 1: square boxes with integer corners. */
  private async propose(image: RgbImage, area: SummedArea): Promise<Candidate[]> {
    const found: Candidate[] = [];
    for (const level of pyramidLevels(image.width, image.height)) {
      const input = levelInput(image, area, level.width, level.height, this.input(level.width * level.height));
      const map = await faceMap(this.sessions.pnet, input, level.width, level.height);
      found.push(...suppress(generateBoundingBoxes(map, level.scale, thresholds.proposal), 0.5, 'union'));
    }
    return suppress(found, 0.7, 'union').map((box) => truncated(squared(refineProposal(box))));
  }

  /** Stage 2: square boxes, not rounded. */
  private async refineProposals(image: RgbImage, area: SummedArea, proposals: Candidate[]): Promise<Candidate[]> {
    const { boxes, results } = await this.look(this.sessions.rnet, 24, image, area, proposals);
    const [logits, regressions] = results as [Float32Array, Float32Array];
    const likely: Candidate[] = [];
    boxes.forEach((box, index) => {
      const score = faceProbability(logits[index * 2]!, logits[index * 2 + 1]!);
      if (score > thresholds.refinement) likely.push({ ...box, score, regression: regressionRow(regressions, index) });
    });
    return suppress(likely, 0.7, 'union').map((box) => squared(refine(box, box.regression)));
  }

  /** Stage 3: the faces. */
  private async decide(image: RgbImage, area: SummedArea, refined: Candidate[]): Promise<Face[]> {
    const { boxes, results } = await this.look(this.sessions.onet, 48, image, area, refined.map(truncated));
    const [logits, regressions, points] = results as [Float32Array, Float32Array, Float32Array];
    const faces: Face[] = [];
    boxes.forEach((box, index) => {
      const score = faceProbability(logits[index * 2]!, logits[index * 2 + 1]!);
      if (score <= thresholds.output) return;
      const landmarks = landmarksOf(box, points.subarray(index * 10, index * 10 + 10));
      const { x1, y1, x2, y2 } = refine(box, regressionRow(regressions, index));
      faces.push({ x1, y1, x2, y2, score, landmarks });
    });
    return suppress(faces, 0.7, 'minimum');
  }

  /** Shows the boxes with pixels in the image to a network. */
  private async look<T extends Box>(
    session: ForwardSession,
    size: number,
    image: RgbImage,
    area: SummedArea,
    candidates: readonly T[],
  ): Promise<Verdict<T>> {
    const input = this.input(candidates.length * size * size);
    const boxes: T[] = [];
    for (const box of candidates) {
      const region = patchRegion(box, image.width, image.height);
      if (region === undefined) continue;
      resamplePatch(image, area, region, size, input, boxes.length * size * size * 3);
      boxes.push(box);
    }
    if (boxes.length === 0) return { boxes, results: [new Float32Array(), new Float32Array(), new Float32Array()] };
    const values = input.subarray(0, boxes.length * size * size * 3);
    const results = await session.run(values, [boxes.length, size, size, 3]);
    return { boxes, results: results.map(({ data }) => data) };
  }

  /** Room for the network input of so many pixels; only one input is needed at a time. */
  private input(pixels: number): Float32Array {
    if (this.buffer.length < pixels * 3) this.buffer = new Float32Array(pixels * 3);
    return this.buffer.subarray(0, pixels * 3);
  }
}

function regressionRow(data: Float32Array, row: number): Regression {
  return [data[row * 4]!, data[row * 4 + 1]!, data[row * 4 + 2]!, data[row * 4 + 3]!];
}

/** Five x then five y in units of the box, which counts its last pixel, to 0-based image pixels (spec §2.5, stage 3). */
function landmarksOf(box: Box, points: Float32Array): Landmarks {
  const width = box.x2 - box.x1 + 1;
  const height = box.y2 - box.y1 + 1;
  const point = (index: number) => ({
    x: width * points[index]! + box.x1 - 1,
    y: height * points[index + 5]! + box.y1 - 1,
  });
  return [point(0), point(1), point(2), point(3), point(4)];
}
