import type { JobKind, JobRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import type { RunFolder } from '../run/runFolder';
import { runInFolder, type RunJobOptions } from './lifecycle';

type Job<K extends JobKind> = (request: Extract<JobRequest, { kind: K }>, context: JobContext) => Promise<unknown>;

/** Where each kind of job lives; its module, with the native libraries it needs, is loaded when it is asked for. */
const jobs: { [K in JobKind]: () => Promise<Job<K>> } = {
  align: async () => (await import('../align/alignDataset')).alignDataset,
  train: async () => (await import('./thread/trainInThread')).trainInThread,
  validate: async () => (await import('./validate')).runValidation,
  classifier: async () => (await import('./classifier')).runClassifierTraining,
  classify: async () => (await import('./classifier')).runClassification,
  identify: async () => (await import('./identification')).runIdentification,
  demo: async () => (await import('./demo/runDemo')).runDemo,
};

async function dispatch<K extends JobKind>(
  request: Extract<JobRequest, { kind: K }>,
  context: JobContext,
): Promise<void> {
  const job = await jobs[request.kind]();
  await job(request, context);
}

/** Does the job that `request` asks for in its run folder. @throws as `runInFolder` */
export async function runJob(request: JobRequest, folder: RunFolder, options: RunJobOptions): Promise<void> {
  await runInFolder(request, folder, async (context) => dispatch(request, context), options);
}
