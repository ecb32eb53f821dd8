// What is known of where something comes from: by the records of runs and of aligned folders.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { readAlignmentRecord } from '../../src/align/alignmentRecord';
import { isInside } from '../../src/files/insideFolder';
import { type KnownLineage, type LineageStep, lineageOf } from '../../src/protocol/lineage';
import type { ListedRun } from '../../src/run/runList';
import { checkpointsOfRun } from '../workspace/runCheckpoints';
import type { RunStore } from './runStore';

/** The way to the faces of a dataset. */
export async function lineageOfDataset(path: string): Promise<LineageStep[]> {
  return lineageOf(await dataset(path), 'faces');
}

/** The way to a run and on to its best checkpoint. */
export async function lineageOfRun(runs: RunStore, folder: string): Promise<LineageStep[]> {
  const run = (await runs.list()).find((listed) => listed.folder === folder);
  if (run === undefined) return [];
  const best = (await checkpointsOfRun(run.record, folder)).find((checkpoint) => checkpoint.best);
  const known = await training(run);
  return lineageOf({ ...known, ...(best !== undefined && { checkpoint: checkpoint(best.prefix, best.step) }) }, 'run');
}

/** The way to a model, where a run of this workspace has made it. */
export async function lineageOfModel(runs: RunStore, path: string, step: number | undefined): Promise<LineageStep[]> {
  return lineageOf(await model(await runs.list(), path, step), 'checkpoint');
}

/** The way to a report of a run, by the model that it has measured. */
export async function lineageOfReport(
  runs: RunStore,
  path: string,
  measured: { path: string; step?: number | undefined },
): Promise<LineageStep[]> {
  const listed = await runs.list();
  const own = listed.find(({ folder, record }) => isInside(folder, path) && record.request.kind === 'train');
  const known = own === undefined ? await model(listed, measured.path, measured.step) : await reported(own, measured);
  return lineageOf({ ...known, report: { name: vscode.l10n.t('report'), path } }, 'report');
}

async function reported(run: ListedRun, { step }: { step?: number | undefined }): Promise<KnownLineage> {
  const saved = (await checkpointsOfRun(run.record, run.folder)).find((other) => other.step === step);
  return { ...(await training(run)), ...(saved !== undefined && { checkpoint: checkpoint(saved.prefix, saved.step) }) };
}

async function model(listed: readonly ListedRun[], path: string, step: number | undefined): Promise<KnownLineage> {
  const run = listed.find(({ folder }) => isInside(folder, path));
  return run === undefined ? {} : { ...(await training(run)), checkpoint: checkpoint(path, step) };
}

function checkpoint(path: string, step: number | undefined): { name: string; path: string } {
  return { name: step === undefined ? basename(path) : vscode.l10n.t('step {0}', step), path };
}

async function training({ folder, name, record }: ListedRun): Promise<KnownLineage> {
  const { request } = record;
  const faces = request.kind === 'train' ? await dataset(request.config.dataDir) : {};
  return { ...faces, run: { name, path: folder } };
}

async function dataset(path: string): Promise<KnownLineage> {
  // A record that is damaged says nothing; who works with the folder is told so.
  const record = await readAlignmentRecord(path).catch(() => undefined);
  return {
    faces: { name: basename(path), path },
    ...(record !== undefined && { photographs: { name: basename(record.source), path: record.source } }),
  };
}
