import { z } from 'zod';

const pixels = z.number();

/** An enrolled person whom a face is like. */
const candidateSchema = z.object({
  name: z.string(),
  /** Cosine of the nearest enrolled face of this person, −1 … 1 but for rounding. */
  similarity: z.number().min(-1.01).max(1.01),
  /** File of that face, relative to the folder of the gallery's file. */
  file: z.string(),
  /** P(same person), 0 … 1; absent where no report of the model says it. */
  confidence: z.number().min(0).max(1).optional(),
});
export type NearPerson = z.infer<typeof candidateSchema>;

/** A face of a photograph. */
export const recognizedFaceSchema = z.object({
  /** Corners in pixels of the photograph, turned as its EXIF orientation says: x1, y1, x2, y2. */
  box: z.tuple([pixels, pixels, pixels, pixels]),
  /** How sure the detector is, 0 … 1. */
  score: z.number().min(0).max(1),
  /** Most like first. */
  nearest: z.array(candidateSchema),
});
export type RecognizedFace = z.infer<typeof recognizedFaceSchema>;

/** What was found in a photograph, or why that is nothing. */
export const recognizedPhotographSchema = z.union([
  z.object({ image: z.string(), size: z.tuple([pixels, pixels]), faces: z.array(recognizedFaceSchema) }),
  z.object({ image: z.string(), problem: z.string().min(1) }),
]);
export type RecognizedPhotograph = z.infer<typeof recognizedPhotographSchema>;

/** The first line of `facenet identify who --lines`; a line for each photograph follows. */
export const recognitionThresholdSchema = z.object({
  /** Similarity below which a face is unknown; null where none is known for the model. */
  threshold: z.number().nullable(),
});
export type RecognitionThreshold = z.infer<typeof recognitionThresholdSchema>;
