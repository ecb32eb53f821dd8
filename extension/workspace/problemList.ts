import { z } from 'zod';
import { type Problem, problemKinds } from '../../src/dataset/problems';

const answerSchema = z.array(
  z.object({ kind: z.enum(problemKinds), path: z.string(), person: z.string().optional(), message: z.string() }),
);

/** The problems that `facenet clean --json` has listed. @throws ZodError for anything else */
export function parseProblems(json: string): Problem[] {
  return answerSchema.parse(JSON.parse(json));
}
