import type { JobKind, JobRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';

type Job<K extends JobKind> = (request: Extract<JobRequest, { kind: K }>, context: JobContext) => Promise<unknown>;

/** Where each job lives; its module, with the native libraries it needs, is loaded when it is asked for. */
const jobs: { [K in JobKind]: () => Promise<Job<K>> } = {
  align: async () => (await import('../align/alignDataset')).alignDataset,
  train: async () => (await import('../train/loop/runTraining')).runTraining,
  validate: async () => (await import('./validate')).runValidation,
  demo: async () => (await import('./demo/runDemo')).runDemo,
};

/** Runs the job that `request` asks for; throws what the job throws. */
export async function dispatch<K extends JobKind>(
  request: Extract<JobRequest, { kind: K }>,
  context: JobContext,
): Promise<void> {
  const job = await jobs[request.kind]();
  await job(request, context);
}
