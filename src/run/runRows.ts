// From the runs of a workspace to the rows that views, tables and the terminal show.
import { basename, dirname, isAbsolute } from 'node:path';
import type { JobRequest } from '../protocol/job';
import type { RunRecord } from '../protocol/run';
import type { RunKind, RunRow } from '../protocol/runRow';
import { secondsOfRecord } from '../protocol/workingTime';
import type { ListedRun } from './runList';

/** What a run is. */
function kindOfRun({ request }: Pick<RunRecord, 'request'>): RunKind {
  switch (request.kind) {
    case 'align':
      return 'alignment';
    case 'validate':
      return 'validation';
    case 'demo':
      return 'demo';
    case 'classifier':
      return 'classifier';
    case 'classify':
      return 'classification';
    case 'identify':
      return 'identification';
    case 'train':
      if (request.config.head === 'triplet') return 'triplets';
      return request.config.pretrainedModel === undefined ? 'scratch' : 'fineTuning';
  }
}

/** A row for each run, in their order. @param now milliseconds since the epoch */
export function rowsOfRuns(runs: readonly ListedRun[], now: number): RunRow[] {
  const known = new Map(runs.map((run) => [run.folder, run]));
  return runs.map((run) => rowOfRun(run, known, now));
}

/** Runs by their folders, as far as their names matter. */
type KnownRuns = ReadonlyMap<string, Pick<ListedRun, 'name'>>;

/** @param known the other runs of the workspace, whose checkpoints it may begin with */
export function rowOfRun({ folder, record, about, name }: ListedRun, known: KnownRuns, now: number): RunRow {
  const model = modelOf(record.request);
  const seconds = secondsOfRecord(record, now);
  const { note } = about;
  return {
    folder,
    id: basename(folder),
    name,
    named: about.name !== undefined,
    kind: kindOfRun(record),
    state: record.state,
    star: about.star,
    archived: about.archived,
    tags: about.tags,
    ...(note !== undefined && { note }),
    dataset: basename(datasetOf(record.request)),
    ...(model !== undefined && { model: nameOfModel(model, known) }),
    ...figuresOf(record),
    ...(record.checkpoint !== undefined && { steps: record.checkpoint.step }),
    startedAt: record.createdAt,
    ...(seconds !== undefined && { seconds }),
  };
}

function datasetOf(request: JobRequest): string {
  switch (request.kind) {
    case 'align':
      return request.inputDir;
    case 'validate':
      return request.lfw.dir;
    case 'demo':
      return request.outputDir;
    case 'train':
      return request.config.dataDir;
    case 'classifier':
    case 'classify':
      return request.dataDir;
    case 'identify':
      return request.probesDir;
  }
}

function modelOf(request: JobRequest): string | undefined {
  if (request.kind === 'train') return request.config.pretrainedModel;
  return request.kind === 'align' || request.kind === 'demo' ? undefined : request.model;
}

/**
 * What a model is called: `starter`, the last part of its path, or, of a checkpoint of a run, that run with the step.
 */
export function nameOfModel(model: string, known: KnownRuns): string {
  const file = basename(model).replace(/\.(index|meta|pb|data-\d+-of-\d+)$/, '');
  const step = /\.ckpt-(\d+)$/.exec(file)?.[1];
  for (let folder = model; isAbsolute(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    const name = known.get(folder)?.name;
    if (name !== undefined) return step === undefined ? name : `${name}, step ${step}`;
  }
  return file;
}

function figuresOf({
  best,
  verdict,
  result,
  request,
}: RunRecord): Pick<RunRow, 'accuracy' | 'change' | 'validationRate' | 'bestStep'> {
  if (request.kind === 'validate') {
    const { accuracy, validationRate } = (result ?? {}) as Record<string, number | undefined>;
    return { ...(accuracy !== undefined && { accuracy }), ...(validationRate !== undefined && { validationRate }) };
  }
  const measured = verdict !== undefined && verdict.kind !== 'incomparable' ? verdict : undefined;
  const change = measured && { size: measured.after - measured.before, sure: measured.kind !== 'unchanged' };
  const accuracy = measured?.after ?? best?.accuracy;
  return {
    ...(accuracy !== undefined && { accuracy }),
    ...(change !== undefined && { change }),
    ...(best?.validationRate !== undefined && { validationRate: best.validationRate }),
    ...(best !== undefined && { bestStep: best.step }),
  };
}
