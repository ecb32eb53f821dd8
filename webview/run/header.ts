import * as l10n from '@vscode/l10n';
import { trainedPhase } from '../../src/protocol/activities';
import type { RunRecord, RunState } from '../../src/protocol/run';
import { divergedAt, isActive, isResumable } from '../../src/protocol/runRules';
import { secondsOfLog } from '../../src/protocol/workingTime';
import { percent } from '../../src/words/rates';
import { counted } from '../counts';
import { element, fill, setText } from '../element';
import { duration, integer } from '../format';
import type { Host } from '../host';
import { button, setEnabled } from '../ui';
import type { RunSeries } from '../../src/series/runSeries';
import { activityInWords, amountInWords, doneInWords, paceInWords } from './progressWords';

const stateWords: Record<RunState, string> = {
  starting: l10n.t('Starting'),
  running: l10n.t('Running'),
  stopping: l10n.t('Saving and stopping'),
  done: l10n.t('Done'),
  stopped: l10n.t('Stopped'),
  failed: l10n.t('Failed'),
  lost: l10n.t('Worker lost'),
};

/** Title, state, what is being done and how far it is, and the buttons to stop or resume. */
export class RunHeader {
  readonly element: HTMLElement;
  private readonly title = element('h1');
  private readonly state = element('span', { class: 'state', role: 'status' });
  private readonly activity = element('span', { class: 'activity' });
  private readonly amount = element('span', { class: 'amount' });
  private readonly bar = element('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-valuemin': 0,
    'aria-valuemax': 100,
  });
  private readonly filled = element('div', { class: 'progress-filled' });
  private readonly stop: HTMLElement;
  private readonly resume: HTMLElement;
  private readonly slower: HTMLElement;
  private readonly failure = element('div', { class: 'failure', role: 'alert' });
  /** Stop was pressed and the worker, in the middle of a step, has not heard of it yet. */
  private stopAsked = false;

  /** @param onChange called when it is to be drawn again */
  constructor(host: Host<'run'>, onChange: () => void) {
    this.stop = button({
      label: l10n.t('Stop'),
      appearance: 'primary',
      title: l10n.t('Finish the step, save, and stop'),
      onClick: () => {
        this.stopAsked = true;
        onChange();
        host.post({ type: 'stopRun' });
      },
    });
    this.resume = button({
      label: l10n.t('Resume'),
      appearance: 'primary',
      title: l10n.t('Continue from the last checkpoint'),
      onClick: () => host.post({ type: 'resumeRun' }),
    });
    this.slower = button({
      label: l10n.t('Resume with a Tenth of the Rate'),
      appearance: 'primary',
      title: l10n.t('Go back to the best checkpoint, or the last one where there is none, and go on from there'),
      onClick: () => host.post({ type: 'resumeRun', slower: true }),
    });
    const reveal = button({ label: l10n.t('Reveal Folder'), onClick: () => host.post({ type: 'revealFolder' }) });
    this.bar.append(this.filled);
    this.element = element(
      'header',
      { class: 'page-head' },
      element(
        'div',
        { class: 'title-line' },
        this.title,
        this.state,
        element('div', { class: 'actions' }, this.stop, this.slower, this.resume, reveal),
      ),
      element('div', { class: 'activity-line' }, this.activity, this.amount),
      this.bar,
      this.failure,
    );
  }

  update(run: RunRecord, name: string, series: RunSeries): void {
    const beforeStop = run.state === 'running' || run.state === 'starting';
    this.stopAsked &&= beforeStop;
    const state = this.stopAsked ? 'stopping' : run.state;
    const active = isActive(state);
    setText(this.title, name);
    setText(this.state, stateWords[state]);
    this.state.className = `state ${state}`;
    this.stop.hidden = !active;
    setEnabled(this.stop, beforeStop && !this.stopAsked);
    this.resume.hidden = !isResumable(run);
    this.slower.hidden = divergedAt(run) === undefined;
    this.showProgress({ ...run, state }, series, active);
    this.showFailure(run);
  }

  private showProgress(run: RunRecord, series: RunSeries, active: boolean): void {
    const { progress } = series;
    setText(this.activity, active ? activityOf(run, series) : outcomeOf(run, series));
    setText(this.amount, active ? amountOf(run, series) : '');
    this.bar.hidden = !active;
    const fraction =
      progress !== undefined && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined;
    this.bar.classList.toggle('indeterminate', fraction === undefined);
    this.filled.style.width = fraction === undefined ? '' : `${(100 * fraction).toFixed(1)}%`;
    if (fraction === undefined) this.bar.removeAttribute('aria-valuenow');
    else this.bar.setAttribute('aria-valuenow', String(Math.round(100 * fraction)));
    this.bar.setAttribute(
      'aria-label',
      progress === undefined ? l10n.t('Progress') : activityInWords(progress.activity),
    );
  }

  private showFailure({ state, error }: RunRecord): void {
    const shown = error !== undefined && (state === 'failed' || state === 'lost');
    this.failure.hidden = !shown;
    if (!shown) return;
    fill(
      this.failure,
      element('strong', {}, error.message),
      error.action !== undefined && element('p', {}, error.action),
      error.logTail !== undefined &&
        error.logTail.length > 0 &&
        element(
          'details',
          {},
          element('summary', {}, l10n.t('Last lines of the log')),
          element('pre', {}, error.logTail.join('\n')),
        ),
    );
  }
}

function activityOf(run: RunRecord, { progress, phases, latestStep }: RunSeries): string {
  if (run.state === 'stopping') return l10n.t('Finishing the step and saving');
  const phase = phases.findLast(({ end }) => end === undefined);
  const planned = run.config?.phases.filter(({ epochs }) => epochs > 0).length ?? 0;
  const parts: string[] = [];
  if (phase !== undefined) {
    const number = Math.min(phases.length, planned);
    parts.push(planned > 1 ? l10n.t('Phase {0} of {1}: {2}', number, planned, phase.name) : phase.name);
  }
  const training = progress === undefined || trainedPhase(progress.activity) !== undefined;
  if (latestStep !== undefined && phase?.name === latestStep.phase && training) {
    parts.push(l10n.t('epoch {0}', integer(latestStep.epoch)), l10n.t('step {0}', integer(latestStep.step)));
  } else if (progress !== undefined) parts.push(activityInWords(progress.activity));
  return parts.length === 0 ? l10n.t('Preparing') : parts.join(' · ');
}

function amountOf({ ranks }: RunRecord, { progress }: RunSeries): string {
  const parts: string[] = [];
  if (progress !== undefined && progress.total > 0) {
    parts.push(amountInWords(progress));
  }
  if (progress?.perSecond !== undefined) parts.push(paceInWords(progress.perSecond, progress.unit));
  const left = progress?.runSecondsLeft ?? (progress?.done === progress?.total ? undefined : progress?.etaSeconds);
  if (left !== undefined) parts.push(l10n.t('about {0} left', duration(left)));
  if (ranks !== undefined) parts.push(ranksInWords(ranks));
  return parts.join(' · ');
}

/** How many processes train together, and by how much the others wait for the slowest. */
function ranksInWords({ size, slowest }: NonNullable<RunRecord['ranks']>): string {
  if (slowest === undefined) return l10n.t('{0} ranks', integer(size));
  const excess = percent(slowest.excess);
  return l10n.t(
    '{0} ranks, the slowest is {1} on {2} ({3} above the mean)',
    integer(size),
    slowest.rank,
    slowest.host,
    excess,
  );
}

function outcomeOf(run: RunRecord, series: RunSeries): string {
  const { latestStep, progress } = series;
  const seconds = secondsOfLog(series.work);
  const parts: string[] = [];
  if (latestStep !== undefined) parts.push(counted.steps(latestStep.step), counted.epochs(latestStep.epoch));
  else if (progress !== undefined) parts.push(`${activityInWords(progress.activity)}: ${doneInWords(progress)}`);
  if (seconds > 0) parts.push(duration(seconds));
  if (run.engines?.training !== undefined) parts.push(run.engines.training);
  const { precision = 'float32', xla = 'off' } = run.config ?? {};
  if (precision !== 'float32') parts.push(precision);
  if (xla === 'on') parts.push('XLA');
  if (run.ranks !== undefined) parts.push(ranksInWords(run.ranks));
  return parts.join(' · ');
}
