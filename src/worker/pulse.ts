// What the watching thread of a working process writes to its keeper, a JSON text per line.
import { z } from 'zod';
import { workUnits } from '../protocol/jobContext';

const workUnitSchema = z.enum(workUnits);

const silence = {
  unit: workUnitSchema,
  step: z.number().int(),
  /** Since the unit began. */
  seconds: z.number(),
  slowest: z.number().optional(),
  cores: z.number(),
};

export const pulseSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('alive'),
    unit: workUnitSchema,
    step: z.number().int(),
    /** Resident memory of the process. */
    residentBytes: z.number(),
  }),
  z.object({ type: z.literal('slow'), ...silence }),
  z.object({ type: z.literal('hanging'), ...silence, stack: z.array(z.string()) }),
]);
export type Pulse = z.infer<typeof pulseSchema>;
