// Galleries and classifiers that know a person.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readGallery, without, writeGallery } from '../identify/gallery';
import { listPeople } from '../dataset/scan';
import { classifierFileSchema, type ClassifierFile } from '../protocol/classifier';
import type { ErasureStep } from '../protocol/erasure';

/** A file that answers with the name of a person. */
export type Recognizer =
  | { kind: 'gallery'; path: string; faces: number; forget: () => Promise<void> }
  /** What it has learned of others depends on them: it is trained again, where it says on what, or cannot be used. */
  | { kind: 'classifier'; path: string; told: ClassifierStep };

type ClassifierStep = Extract<ErasureStep, { kind: 'classifier' }>;

/** Endings of the names that they have. */
const endings = /\.(gallery|jsonl?)$/;
/** Both say what they are at their beginning. */
const beginning = 256;

/**
 * The galleries and classifiers directly in some folders that know a person, by the name of the folder or with blanks for
 * underscores. Damaged ones are passed over: they answer nothing.
 */
export async function recognizersOf(folders: readonly string[], person: string): Promise<Recognizer[]> {
  const found: Recognizer[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const path of names
      .filter((name) => endings.test(name))
      .sort()
      .map((name) => join(folder, name))) {
      const head = await beginningOf(path).catch(() => '');
      const known = head.includes('"facenet-gallery"')
        ? await galleryOf(path, person)
        : head.includes('"facenet-classifier"')
          ? await classifierOf(path, person)
          : undefined;
      if (known !== undefined) found.push(known);
    }
  }
  return found;
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning), 0, beginning, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function namesOf(person: string): string[] {
  return [...new Set([person, person.replaceAll('_', ' ')])];
}

async function galleryOf(path: string, person: string): Promise<Recognizer | undefined> {
  const people = await readGallery(path).then(
    (gallery) => gallery.people,
    () => undefined,
  );
  const enrolled = namesOf(person).filter((name) => people?.has(name) === true);
  if (enrolled.length === 0) return undefined;
  const faces = enrolled.reduce((sum, name) => sum + people!.get(name)!.length, 0);
  return {
    ...{ kind: 'gallery', path, faces },
    async forget() {
      let gallery = await readGallery(path);
      for (const name of enrolled) if (gallery.people.has(name)) gallery = without(gallery, name);
      await writeGallery(path, gallery);
    },
  };
}

async function classifierOf(path: string, person: string): Promise<Recognizer | undefined> {
  try {
    const file = classifierFileSchema
      .pick({ people: true, trainedFrom: true })
      .parse(JSON.parse(await readFile(path, 'utf8')));
    const { people } = file;
    const names = namesOf(person);
    const isKnown = people.some(({ name, folder }) => names.includes(name) || folder === person);
    return isKnown ? { kind: 'classifier', path, told: await classifierStep(path, file, person) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it can be trained again, as far as that is seen before it is tried. */
async function classifierStep(
  path: string,
  { people, trainedFrom }: Pick<ClassifierFile, 'people' | 'trainedFrom'>,
  person: string,
): Promise<ClassifierStep> {
  const step = { kind: 'classifier', path } as const;
  if (trainedFrom === undefined) return { ...step, away: 'unrecorded' };
  const { faces, model } = trainedFrom;
  const there = await listPeople(faces).catch(() => undefined);
  if (there === undefined) return { ...step, away: 'faces' };
  const left = people.filter(({ folder }) => folder !== person && there.includes(folder)).length;
  if (left < 2) return { ...step, away: 'people' };
  if (model !== 'starter' && !(await isThere(model))) return { ...step, away: 'model' };
  return { ...step, refit: { people: left, faces } };
}

/** A file, a folder, or the prefix of a checkpoint. */
async function isThere(model: string): Promise<boolean> {
  for (const path of [model, `${model}.index`]) {
    const found = await stat(path).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
