// People who were enrolled by their embeddings: added and removed without training.
import { open } from 'node:fs/promises';
import { writeAside } from '../files/atomicFile';
import { UserError } from '../protocol/errors';
import { enrolledPersonSchema, type GalleryHeader, galleryHeaderSchema } from '../protocol/gallery';
import { jsonFault } from '../protocol/jsonFault';

export interface EnrolledFace {
  readonly file: string;
  /** Of length 1. */
  readonly embedding: Float32Array;
}

export interface Gallery {
  readonly header: GalleryHeader;
  /** Faces of each person by name, in the order of enrolment. */
  readonly people: ReadonlyMap<string, readonly EnrolledFace[]>;
}

/**
 * Reads a gallery line by line, so that its size is bounded by memory alone.
 * @throws UserError naming the line that is none of a gallery
 */
export async function readGallery(path: string): Promise<Gallery> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      cause.code === 'ENOENT' ? `There is no gallery ${path}.` : `The gallery ${path} cannot be read.`,
      'Make one with facenet identify enrol.',
      { cause },
    );
  });
  let header: GalleryHeader | undefined;
  const people = new Map<string, readonly EnrolledFace[]>();
  let number = 0;
  try {
    for await (const line of file.readLines({ encoding: 'utf8' })) {
      number++;
      if (header === undefined) header = galleryHeaderSchema.parse(JSON.parse(line));
      else if (line !== '') {
        const { name, faces } = enrolledPersonSchema.parse(JSON.parse(line));
        if (people.has(name)) throw new Error(`${name} is enrolled twice`);
        people.set(
          name,
          faces.map(({ file: from, embedding }) => ({ file: from, embedding: decode(embedding, header!) })),
        );
      }
    }
  } catch (cause) {
    throw new UserError(
      `${path} is no gallery: line ${number}: ${jsonFault(cause)}.`,
      'Enrol the people again with facenet identify enrol.',
      { cause },
    );
  }
  if (header === undefined)
    throw new UserError(`${path} is no gallery: it is empty.`, 'Make one with facenet identify enrol.');
  return { header, people };
}

function decode(text: string, { model }: GalleryHeader): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 4 * model.embeddingSize) {
    throw new Error(`an embedding has ${bytes.length / 4} values, not ${model.embeddingSize}`);
  }
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (!values.every(Number.isFinite)) throw new Error('an embedding holds values that are not finite numbers');
  return values;
}

/** Writes a gallery aside and renames it; what stands at `path` is replaced. */
export async function writeGallery(path: string, { header, people }: Gallery): Promise<void> {
  const aside = await writeAside(path, async (file) => {
    await file.write(`${JSON.stringify(header)}\n`);
    for (const [name, faces] of people) {
      const stored = faces.map(({ file: from, embedding: { buffer, byteOffset, byteLength } }) => ({
        file: from,
        embedding: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      }));
      await file.write(`${JSON.stringify({ name, faces: stored })}\n`);
    }
  });
  await aside.commit();
}

/** The gallery with more faces of people; a file that was enrolled before as this person is taken anew. */
export function enrolled(gallery: Gallery, more: ReadonlyMap<string, readonly EnrolledFace[]>): Gallery {
  const people = new Map(gallery.people);
  for (const [name, faces] of more) {
    const files = new Set(faces.map(({ file }) => file));
    people.set(name, [...(people.get(name) ?? []).filter(({ file }) => !files.has(file)), ...faces]);
  }
  return { ...gallery, people };
}

/** The gallery without a person. @throws UserError where nobody of this name is enrolled */
export function without(gallery: Gallery, name: string): Gallery {
  const people = new Map(gallery.people);
  if (!people.delete(name)) {
    throw new UserError(`${name} is not enrolled.`, 'facenet identify list names those who are.');
  }
  return { ...gallery, people };
}
