import { readClassifier, writeClassifier } from '../classify/classifierFile';
import { Samples } from '../dataset/samples';
import { imageCount, scanDataset } from '../dataset/scan';
import { requireFree } from '../files/requireFree';
import { classify } from '../identify/classification';
import { requireSameModel } from '../identify/sameModel';
import { onePictureNotes, requireTwoPeople, trainClassifier } from '../identify/trainClassifier';
import { activities } from '../protocol/activities';
import { chipOf } from '../protocol/chip';
import type { ClassificationReport } from '../protocol/classificationReport';
import { UserError } from '../protocol/errors';
import type { ClassifierRequest, ClassifyRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import { openFaceModel } from '../recognize/faceModel';
import { modelNotes } from '../recognize/modelNotes';
import { keepReport, progressOf, warn } from './reporting';

/**
 * The job: trains a classifier on the people of a dataset, as `facenet classifier TRAIN`, and writes it where it was asked for.
 * @throws UserError for fewer than two people, and where a file stands that may not be replaced
 */
export async function runClassifierTraining(request: ClassifierRequest, context: JobContext): Promise<void> {
  const { output, replace, far, seed } = request;
  await requireFree(output, replace, 'people.classifier.json');
  const dataset = await scanDataset(request.dataDir);
  requireTwoPeople(dataset);
  const faces = await openFaceModel(request.model);
  try {
    warn(context, [...(await modelNotes(faces, dataset.root)), ...onePictureNotes(dataset)]);
    const embedding = progressOf(context, activities.embedding, 'images');
    const solving = progressOf(context, activities.separating, 'pairs');
    const trained = await trainClassifier(faces, dataset, {
      ...{ far, seed, signal: context.signal },
      onProgress: (what, done, total) => (what === 'images' ? embedding : solving)(done, total),
    });
    await requireFree(output, replace, 'people.classifier.json');
    await writeClassifier(output, trained);
    await context.update({
      result: { classifier: output, people: dataset.people.length, images: imageCount(dataset) },
    });
  } finally {
    await faces.dispose();
  }
}

/**
 * The job: names the faces of a folder with a classifier and keeps the report in the run folder as
 * evaluations/classification.json.
 * @throws UserError where the classifier was made with another model, or the folder has no image
 */
export async function runClassification(request: ClassifyRequest, context: JobContext): Promise<void> {
  const classifier = await readClassifier(request.classifier);
  const dataset = await scanDataset(request.dataDir);
  if (imageCount(dataset) === 0) {
    throw new UserError(`${dataset.root} has no image.`, 'Choose a folder with one folder of faces per person.');
  }
  const faces = await openFaceModel(request.model, { chip: chipOf(classifier.recipe) });
  try {
    requireSameModel(`The classifier ${request.classifier}`, classifier, faces);
    const notes = await modelNotes(faces, dataset.root);
    warn(context, notes);
    const embeddings = await faces.embedFiles(new Samples(dataset.people).paths, {
      signal: context.signal,
      onProgress: progressOf(context, activities.embedding, 'images'),
    });
    const { path, name, step } = faces.model;
    const report: ClassificationReport = {
      ...{ version: 1, createdAt: new Date().toISOString() },
      model: { path, name, ...(step !== undefined && { step }) },
      ...{ classifier: request.classifier, imagesDir: dataset.root },
      ...classify(classifier, dataset, embeddings),
      notes,
    };
    await keepReport(context, 'classification.json', report);
  } finally {
    await faces.dispose();
  }
}
