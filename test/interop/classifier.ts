// A classifier of people for scikit-learn to hold its own against.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '../../src/checkpoint/npy';
import { decisionValues, probabilities, trainPairwiseSvm } from '../../src/classify/pairwiseSvm';
import { pairVotes } from '../fixtures/pairVotes';
import { Samples } from '../../src/dataset/samples';
import { scanDataset } from '../../src/dataset/scan';
import { openFaceModel } from '../../src/recognize/faceModel';
import { lfwChips } from '../fixtures/lfwChips';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { skipWithoutShared } from '../fixtures/shared';

/** Faces of 30 people of LFW where they are there, else of patterns, each embedded by the starter model. */
async function embedded(folder: string): Promise<{ embeddings: Float32Array; labels: Uint32Array; dimension: number }> {
  let faces = join(folder, 'faces');
  if (skipWithoutShared('data', 'lfw') === false) faces = await lfwChips();
  else {
    console.log(`classifier: ${String(skipWithoutShared('data', 'lfw'))}; patterns are embedded instead of people`);
    await writeNoiseFaces(faces, { people: 12, images: 9, size: 150 });
  }
  const { people } = await scanDataset(faces);
  const chosen = people.filter(({ images }) => images.length >= 8).slice(0, 30);
  const samples = new Samples(chosen.map(({ images }, index) => ({ images: [...images].slice(0, 8 + (index % 7)) })));
  const model = await openFaceModel('starter');
  try {
    const embeddings = await model.embedFiles(samples.paths);
    return { embeddings, labels: samples.labels(), dimension: model.dimension };
  } finally {
    await model.dispose();
  }
}

/** The embeddings, their people, and what the classifier says of each of them. */
export async function writeClassifierAnswers(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { embeddings, labels, dimension } = await embedded(folder);
  const rows = { data: Float64Array.from(embeddings), dimension };
  const count = labels.length;
  const svm = await trainPairwiseSvm(rows, labels);
  const classes = svm.supportCounts.length;
  const decisions = decisionValues(svm, rows);
  const pairs = svm.bias.length;
  const votes = Array.from({ length: count }, (_, row) =>
    BigInt(pairVotes(decisions.subarray(row * pairs, (row + 1) * pairs), classes)),
  );
  await writeNpy(join(folder, 'embeddings.npy'), { shape: [count, dimension], data: rows.data });
  await writeNpy(join(folder, 'labels.npy'), { shape: [count], data: BigInt64Array.from(labels, BigInt) });
  await writeNpy(join(folder, 'decisions.npy'), { shape: [count, pairs], data: decisions });
  await writeNpy(join(folder, 'votes.npy'), { shape: [count], data: BigInt64Array.from(votes) });
  await writeNpy(join(folder, 'probabilities.npy'), { shape: [count, classes], data: probabilities(svm, rows) });
}
