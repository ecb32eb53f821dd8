// A training whose numbers have stopped being finite: what is said of it, and how it goes back.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DivergedError, UserError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { RunRecord } from '../../protocol/run';
import { openRunFolder } from '../../run/runFolder';
import { epochOf, type PlannedPhase } from '../plan/phases';
import type { Broken, BrokenPlace } from '../step/diagnosis';

/** A rate that is too high by more than three powers of ten is no rate that somebody has chosen. */
const mostRetries = 3;

type GoingBack = Pick<JobContext, 'runFolder' | 'update' | 'report'>;

/** What was found of a step that was not applied, as a sentence. */
export function brokenInWords(step: number, phase: PlannedPhase, { term, place }: Broken): string {
  const what =
    term === undefined ? 'the loss is a finite number, but what it changes is not' : `its ${term} is no finite number`;
  const where = place === undefined ? 'all that it is computed from is finite' : placeInWords(place);
  return `Step ${step} (epoch ${epochOf(step, phase)}, phase ${phase.name}) was not applied: ${what}; ${where}.`;
}

function placeInWords(place: BrokenPlace): string {
  switch (place.kind) {
    case 'input':
      return 'the first such values are in its images, or in the activations of the frozen stages';
    case 'weights':
      return `the first such values are weights of stage ${place.stage} (${place.variable})`;
    case 'result':
      return `the first such values are in the result of stage ${place.stage}`;
    case 'gradient':
      return `on the way back the first such values are in the gradient of stage ${place.stage} (${place.variable})`;
    case 'statistic':
      return `the first such values are in a moving statistic of stage ${place.stage} (${place.variable})`;
  }
}

/** The end of a training by a step that was not finite; images and frozen stages that are not are no matter of the rate. */
export function divergence(step: number, phase: PlannedPhase, broken: Broken): UserError {
  const message = brokenInWords(step, phase, broken);
  if (broken.place?.kind === 'input') {
    return new UserError(
      message,
      'Look at the weights of the pretrained model (facenet inspect), and start again without the cache of the run.',
    );
  }
  return new DivergedError(
    `The training diverged. ${message}`,
    `Resume it from its best checkpoint with a tenth of the rate (--resume RUN --on_divergence retry), or lower the ` +
      `learning rate of phase ${phase.name} and start again.`,
    step,
  );
}

/** The end of a training whose step has made weights of finite gradients that are not finite. */
export function weightsDiverged(step: number, variable: string): DivergedError {
  return new DivergedError(
    `The training diverged. After step ${step} ${variable} is no finite number; the step was not saved.`,
    `Resume it from its best checkpoint with a tenth of the rate (--resume RUN --on_divergence retry), or lower the ` +
      `learning rate and start again.`,
    step,
  );
}

/** What is left of the configured rates after the divergences of a run: a tenth for each. */
export function rateFactorOf({ recovery }: Pick<RunRecord, 'recovery'>): number {
  return 1 / 10 ** divergencesOf({ recovery }).length;
}

function divergencesOf({ recovery }: Pick<RunRecord, 'recovery'>): { step: number }[] {
  return (recovery?.attempts ?? []).filter(({ cause }) => cause === 'divergence');
}

function wentBack(record: Pick<RunRecord, 'recovery'>, step: number): boolean {
  return divergencesOf(record).some((attempt) => attempt.step === step);
}

/** Why going back does not help a run that has diverged at `step`, as a sentence; undefined where it may. */
function whyNoRetry(record: Pick<RunRecord, 'recovery'>, step: number): string | undefined {
  if (wentBack(record, step))
    return `Step ${step} has diverged before, with a rate ten times as high: the rate is not the reason.`;
  if (divergencesOf(record).length < mostRetries) return undefined;
  return `It has gone back ${mostRetries} times, each time with a tenth of the rate.`;
}

/**
 * `goBack` for a run that is resumed after it diverged at `step`. One that has gone back for that before just goes on: its
 * worker was asked for it, did it, and was ended.
 */
export async function goBackOnce(context: GoingBack, step: number): Promise<void> {
  const { record } = await openRunFolder(context.runFolder);
  if (!wentBack(record, step)) await goBack(context, { step, message: `The training diverged at step ${step}.` });
}

/**
 * Has a run that diverged go on from its best checkpoint, else the best that was measured, else its last, else its beginning, with a tenth of the rate:
 * from then on its record says so. Evaluations of steps beyond are kept aside, since those steps come again.
 * @throws DivergedError where it does not help any more
 */
export async function goBack(
  context: GoingBack,
  { step, message }: Pick<DivergedError, 'step' | 'message'>,
): Promise<void> {
  const { record } = await openRunFolder(context.runFolder);
  const why = whyNoRetry(record, step);
  if (why !== undefined) {
    const action = 'Look at the dataset and at the pretrained model, and start a new run.';
    throw new DivergedError(`${message} ${why}`, action, step);
  }
  const target = targetOf(record);
  await setAside(context.runFolder, target?.step ?? 0, step);
  const attempt = { at: new Date().toISOString(), step, cause: 'divergence' as const };
  const recovery = { ...record.recovery, attempts: [...(record.recovery?.attempts ?? []), attempt] };
  await context.update({
    recovery,
    ...(target !== undefined && { checkpoint: { step: target.step, prefix: target.prefix } }),
    ...((record.verdict?.step ?? 0) > (target?.step ?? 0) && { verdict: undefined }),
  });
  const from = target === undefined ? 'begins again' : `goes back to step ${target.step}, ${target.what},`;
  context.report({
    ...{ type: 'recovery', cause: 'divergence', step },
    message:
      `After it diverged at step ${step}, the run ${from} with ${rateFactorOf({ recovery })} of the configured rate ` +
      `(${divergencesOf({ recovery }).length} of ${mostRetries} times at most).`,
  });
}

/** Where a run goes back to: what is newer than its best measurement may be spoilt already. */
function targetOf({
  best,
  checkpoint,
  verdict,
}: RunRecord): { step: number; prefix: string; what: string } | undefined {
  if (best !== undefined) return { step: best.step, prefix: best.checkpoint, what: 'its best checkpoint' };
  if (checkpoint === undefined) return undefined;
  const measured = verdict && { step: verdict.step, prefix: checkpoint.prefix.replace(/\d+$/, String(verdict.step)) };
  if (measured !== undefined && existsSync(`${measured.prefix}.index`))
    return { ...measured, what: 'the best checkpoint that was measured' };
  return { ...checkpoint, what: 'its last checkpoint' };
}

async function setAside(runFolder: string, after: number, divergedAt: number): Promise<void> {
  const evaluations = join(runFolder, 'evaluations');
  const files = await readdir(evaluations).catch(() => []);
  const stale = files.filter((name) => Number(/^lfw-(\d+)\.json$/.exec(name)?.[1] ?? 0) > after);
  if (stale.length === 0) return;
  const aside = join(evaluations, `before-divergence-${divergedAt}`);
  await mkdir(aside, { recursive: true });
  for (const name of stale) await rename(join(evaluations, name), join(aside, name));
}
