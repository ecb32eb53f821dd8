import { z } from 'zod';

/** What `facenet engine list --json` prints. */
export const engineListSchema = z.object({
  engines: z.array(
    z.object({
      name: z.string(),
      /** Of its package; empty for the engine that is built in. */
      folder: z.string(),
      /** What it computes on, or why it does not load. */
      state: z.string(),
    }),
  ),
  /** Name of the one that "auto" takes. */
  chosen: z.string(),
});
export type EngineList = z.infer<typeof engineListSchema>;

const doctorCheckSchema = z.object({
  name: z.string(),
  /** `absent`: not there, and not needed. */
  status: z.enum(['ok', 'absent', 'problem']),
  detail: z.string(),
  /** What to do about it. */
  action: z.string().optional(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

const gpuReportSchema = z.object({
  /** Names and memory as the driver's tool tells them; empty without a driver or a card. */
  devices: z.array(z.string()),
  driver: z.string().optional(),
  /** Libraries of CUDA and cuDNN that the system's loader knows, e.g. `libcudart.so.12`. */
  libraries: z.array(z.string()),
});
export type GpuReport = z.infer<typeof gpuReportSchema>;

/** What `facenet doctor --json` prints. */
export const doctorReportSchema = z.object({
  node: z.object({ version: z.string(), abi: z.string(), napi: z.string() }),
  system: z.object({
    platform: z.string(),
    release: z.string(),
    glibc: z.string().optional(),
    processors: z.number(),
    /** Bytes. */
    memory: z.number(),
    freeMemory: z.number(),
  }),
  gpu: gpuReportSchema,
  checks: z.array(doctorCheckSchema),
  /** What trains, and what computes frozen passes (alignment, embeddings, activations). */
  training: z.object({ engine: z.string(), notes: z.array(z.string()) }),
  frozen: z.object({ engine: z.string() }),
  /** Everything that the workbench needs is there. */
  healthy: z.boolean(),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;
