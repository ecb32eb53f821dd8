import { readWeightsManifest } from '../../checkpoint/weightsManifest';
import { distFile } from '../../engine/installation';
import { openOnnxSession, type ForwardSession } from '../../engine/onnx';
import type { RgbImage } from '../../image/rgbImage';
import { exportOnnx } from '../../network/onnx/exportOnnx';
import type { Weights } from '../../network/tensor';
import type { Box, Face, FaceDetector, FacePoints, Point } from '../face';
import { decodeBoxes, suppressOverlaps, type ScoredBox } from './anchors';
import { landmarkInputSize, landmarkNet } from './landmarkNet';
import { squareInput } from './squareInput';
import { ssdInputSize, ssdMobilenet } from './ssdMobilenet';

const leastScore = 0.5;
const overlap = 0.5;
/**
 * Edges of the square that SSD sees, in units of the image's longer edge. It knows faces best that fill less of the
 * picture than those of a portrait: with a black border it finds all of 84 faces of LFW, without 74. Small faces of a
 * group may need the whole resolution, so that comes second.
 */
const frames = [1.5, 1] as const;
/** Mean colour of the landmark network's training images. */
const landmarkMean = [122.782, 117.001, 104.298] as const;
const ssdMean = [127.5, 127.5, 127.5] as const;

/**
 * The detector that is always there: SSD MobileNet v1 finds the faces, a small network their 68 points, of which those
 * that alignment needs are kept. Its weights come with the workbench.
 */
export class StarterDetector implements FaceDetector {
  readonly name = 'starter';

  private constructor(
    private readonly ssd: ForwardSession,
    private readonly landmarks: ForwardSession,
    private readonly anchors: Float32Array,
  ) {}

  /** @throws UserError when the installation lacks the weights. */
  static async open(folder: string = distFile('starter')): Promise<StarterDetector> {
    const ssdWeights = ssdNames(await readWeightsManifest(folder, 'ssd_mobilenetv1_model'));
    const landmarkWeights = landmarkNames(await readWeightsManifest(folder, 'face_landmark_68_model'));
    const ssd = exportOnnx(ssdMobilenet, ssdWeights, { inputShape: [ssdInputSize, ssdInputSize, 3] });
    const points = exportOnnx(landmarkNet, landmarkWeights, { inputShape: [landmarkInputSize, landmarkInputSize, 3] });
    return new StarterDetector(
      await openOnnxSession(ssd, { threads: 1 }),
      await openOnnxSession(points, { threads: 1, dynamicShapes: true }),
      ssdWeights.get('Output/extra_dim')!.data,
    );
  }

  async detect(image: RgbImage): Promise<Face[]> {
    let boxes: ScoredBox[] = [];
    for (const frame of frames) {
      boxes = await this.findBoxes(image, frame);
      if (boxes.length > 0) break;
    }
    const faces: Face[] = [];
    for (const box of boxes) faces.push({ ...box, ...(await this.findPoints(image, box)) });
    return faces;
  }

  async dispose(): Promise<void> {
    await this.ssd.dispose();
    await this.landmarks.dispose();
  }

  private async findBoxes(image: RgbImage, frame: number): Promise<ScoredBox[]> {
    const edge = Math.max(image.width, image.height) * frame;
    const input = squareInput(image, { x: 0, y: 0, edge }, ssdInputSize, ssdMean, 127.5);
    const outputs = await this.ssd.run(input, [1, ssdInputSize, ssdInputSize, 3]);
    const encodings = joined(outputs.filter((_, index) => index % 2 === 0).map(({ data }) => data));
    const logits = joined(outputs.filter((_, index) => index % 2 === 1).map(({ data }) => data));
    const found = suppressOverlaps(decodeBoxes(this.anchors, encodings, logits, leastScore), overlap);
    return found
      .map(({ x1, y1, x2, y2, score }) => ({
        x1: Math.max(x1 * edge, 0),
        y1: Math.max(y1 * edge, 0),
        x2: Math.min(x2 * edge, image.width),
        y2: Math.min(y2 * edge, image.height),
        score,
      }))
      .filter(({ x1, y1, x2, y2 }) => x2 - x1 >= 1 && y2 - y1 >= 1);
  }

  /** The points of the face in a box; a person may have drawn it. */
  async findPoints(image: RgbImage, box: Box): Promise<FacePoints> {
    // The network was trained on whole pixels of the box, padded to a square around its middle.
    const [left, top] = [Math.floor(box.x1), Math.floor(box.y1)];
    const [width, height] = [Math.floor(box.x2 - box.x1), Math.floor(box.y2 - box.y1)];
    const edge = Math.max(width, height);
    const x = left - Math.floor((edge - width) / 2);
    const y = top - Math.floor((edge - height) / 2);
    const input = squareInput(image, { x, y, edge }, landmarkInputSize, landmarkMean, 255);
    const [output] = await this.landmarks.run(input, [1, landmarkInputSize, landmarkInputSize, 3]);
    return pointsOf68(output!.data, { x, y, edge });
  }
}

/** Eyes as the means of their outlines; points are numbered from 0 in the order of iBUG's 68. */
function pointsOf68(points: Float32Array, square: { x: number; y: number; edge: number }): FacePoints {
  const mean = (from: number, to: number): Point => {
    let [x, y] = [0, 0];
    for (let i = from; i <= to; i++) {
      x += points[i * 2]!;
      y += points[i * 2 + 1]!;
    }
    const count = to - from + 1;
    return { x: square.x + (square.edge * x) / count, y: square.y + (square.edge * y) / count };
  };
  const at = (index: number): Point => mean(index, index);
  return {
    landmarks: [mean(36, 41), mean(42, 47), at(30), at(48), at(54)],
    eyesAndNoseBase: [at(36), at(39), at(42), at(45), at(33)],
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The file's names in our vocabulary. */
function ssdNames(weights: Weights): Weights {
  return new Map([...weights].map(([name, tensor]) => [name.replace('/convolution_bn_offset', '/biases'), tensor]));
}

function landmarkNames(weights: Weights): Weights {
  return new Map(
    [...weights].map(([name, tensor]) => [
      name
        .replace('/depthwise_filter', '/depthwise/depthwise_weights')
        .replace('/pointwise_filter', '/pointwise/weights')
        .replace(/\/filters$/, '/weights')
        .replace(/^(dense0\/conv0|fc)\/bias$/, '$1/biases')
        .replace(/\/bias$/, '/pointwise/biases'),
      tensor,
    ]),
  );
}
