import { z } from 'zod';

/** The processes that make the steps of a training together (mpirun). */
export const rankSchema = z.object({
  size: z.number().int().positive(),
  machines: z.number().int().positive(),
  /** Which MPI, for people. */
  library: z.string(),
  /** Whom the others wait for: since the last time, by how much its steps took longer than the mean of all (0.1: 10 %). */
  slowest: z.object({ rank: z.number().int().min(0), host: z.string(), excess: z.number().min(0) }).optional(),
});
export type RankRecord = z.infer<typeof rankSchema>;
