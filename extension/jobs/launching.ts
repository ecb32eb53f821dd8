// Run folders and workers, as the job manager needs them.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError, describeError } from '../../src/protocol/errors';
import type { JobRequest } from '../../src/protocol/job';
import type { RunRecord } from '../../src/protocol/run';
import type { AboutPatch } from '../../src/protocol/runAbout';
import { divergedAt } from '../../src/protocol/runRules';
import { changeAbout } from '../../src/run/about';
import { livenessOf } from '../../src/run/liveness';
import { createRunFolder, openRunFolder, runsDirectory } from '../../src/run/runFolder';
import { type LaunchedWorker, launchWorker } from '../../src/worker/launch';
import { settleRun } from '../../src/worker/settle';
import { stopRun } from '../../src/worker/stopRun';
import { nodeForWorkers, workerEnvironment } from './nodeForWorkers';

/** Seconds that a worker has to finish its step and save before its processes are ended. */
const graceSeconds = 60;

/** Makes a run folder below `root`, not started yet, with what is said of it already; resolves to its path. */
export async function newRun(
  root: string,
  request: JobRequest,
  title: string,
  about: AboutPatch = {},
): Promise<string> {
  const { path } = await createRunFolder(runsDirectory(root), request, title);
  if (Object.keys(about).length > 0) await changeAbout(path, about);
  return path;
}

/** Prepares a training's run folder for a worker that goes on from its last checkpoint, or slower from its best. */
export async function continueRun(path: string, slower: boolean): Promise<void> {
  const folder = await openRunFolder(path);
  const { request, title } = folder.record;
  if (request.kind !== 'train')
    throw new UserError(vscode.l10n.t('Only a training can be resumed; {0} is not one.', title));
  await folder.update({
    request: { ...request, resume: path, afterDivergence: slower ? divergedAt(folder.record) : undefined },
    state: 'starting',
    worker: undefined,
    error: undefined,
    finishedAt: undefined,
  });
}

/** Starts the worker of a run; a run whose worker cannot be started is recorded as failed. @throws UserError */
export async function startWorker(folder: string, log: vscode.LogOutputChannel): Promise<LaunchedWorker> {
  try {
    const runtime = await nodeForWorkers(log);
    const worker = await launchWorker({
      runFolder: folder,
      nodePath: runtime.executable,
      env: workerEnvironment(runtime),
      // <root>/.facenet/runs/<run>: relative paths of a request begin at the root.
      cwd: dirname(dirname(dirname(folder))),
    });
    log.info(`worker of ${folder}: pid ${worker.pid}`);
    const started = performance.now();
    void worker.exited.then(({ code, signal }) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      log.info(`worker pid ${worker.pid} ended after ${seconds} s: ${signal ?? `exit code ${code}`}`);
    });
    return worker;
  } catch (error) {
    // The folder must not stay behind as a run that seems to be starting.
    await settleRun(folder, describeError(error));
    throw error;
  }
}

export async function stopWorker(folder: string): Promise<RunRecord> {
  return stopRun(folder, { graceSeconds });
}

/**
 * Record of a run by its folder, with `lost` as its state where the worker is gone without having said so.
 * @throws UserError when the folder holds none.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const { record, path } = await openRunFolder(folder);
  return { ...record, state: await livenessOf(record, path) };
}
