// npm run bench -- boxes: MTCNN's boxes and crops of all 3,321 photographs of LFW against the reference's.
import { MtcnnDetector } from '../src/align/mtcnn/mtcnnDetector';
import { compareWithReference } from '../test/fixtures/goldenBoxes';
import { sharedPath, skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';

export async function run(): Promise<Measurement[]> {
  const skip = skipWithoutShared('golden', 'mtcnn');
  if (skip !== false) throw new Error(skip);
  const detector = await MtcnnDetector.open(sharedPath('data', 'mtcnn'));
  const { photographs, sameCrops, boxes, goodBoxes } = await compareWithReference(detector, 1);
  await detector.dispose();
  return [
    {
      name: 'boxes within a pixel of the reference',
      value: (100 * goodBoxes) / boxes,
      unit: '%',
      note: `${goodBoxes} of ${boxes}, landmarks and score too; aim: at least 99.5`,
    },
    {
      name: 'crops with the same integers',
      value: (100 * sameCrops) / photographs,
      unit: '%',
      note: `${sameCrops} of ${photographs}; aim: at least 98`,
    },
  ];
}
