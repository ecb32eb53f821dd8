import type { RunRecord, RunState } from '../../src/protocol/run';
import { element, fill, setText } from '../element';
import { count, duration, integer, throughput } from '../format';
import type { Host } from '../host';
import { button, setEnabled } from '../ui';
import type { RunSeries } from '../../src/run/runSeries';

const stateWords: Record<RunState, string> = {
  starting: 'Starting',
  running: 'Running',
  stopping: 'Saving and stopping',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
  lost: 'Worker lost',
};

const activeStates: readonly RunState[] = ['starting', 'running', 'stopping'];

export function isActive(state: RunState): boolean {
  return activeStates.includes(state);
}

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
  private readonly failure = element('div', { class: 'failure', role: 'alert' });

  constructor(host: Host) {
    this.stop = button({
      label: 'Stop',
      appearance: 'primary',
      title: 'Finish the step, save, and stop',
      onClick: () => {
        setEnabled(this.stop, false);
        host.post({ type: 'stopRun' });
      },
    });
    this.resume = button({
      label: 'Resume',
      appearance: 'primary',
      title: 'Continue from the last checkpoint',
      onClick: () => host.post({ type: 'resumeRun' }),
    });
    const reveal = button({ label: 'Reveal Folder', onClick: () => host.post({ type: 'revealFolder' }) });
    this.bar.append(this.filled);
    this.element = element(
      'header',
      { class: 'page-head' },
      element(
        'div',
        { class: 'title-line' },
        this.title,
        this.state,
        element('div', { class: 'actions' }, this.stop, this.resume, reveal),
      ),
      element('div', { class: 'activity-line' }, this.activity, this.amount),
      this.bar,
      this.failure,
    );
  }

  update(run: RunRecord, series: RunSeries): void {
    const { state } = run;
    const active = isActive(state);
    setText(this.title, run.title);
    setText(this.state, stateWords[state]);
    this.state.className = `state ${state}`;
    this.stop.hidden = !active;
    setEnabled(this.stop, state === 'running' || state === 'starting');
    this.resume.hidden = active || state === 'done' || run.request.kind !== 'train' || run.checkpoint === undefined;
    this.showProgress(run, series, active);
    this.showFailure(run);
  }

  private showProgress(run: RunRecord, series: RunSeries, active: boolean): void {
    const { progress } = series;
    setText(this.activity, active ? activityOf(run, series) : outcomeOf(run, series));
    setText(this.amount, active ? amountOf(series) : '');
    this.bar.hidden = !active;
    const fraction =
      progress !== undefined && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined;
    this.bar.classList.toggle('indeterminate', fraction === undefined);
    this.filled.style.width = fraction === undefined ? '' : `${(100 * fraction).toFixed(1)}%`;
    if (fraction === undefined) this.bar.removeAttribute('aria-valuenow');
    else this.bar.setAttribute('aria-valuenow', String(Math.round(100 * fraction)));
    this.bar.setAttribute('aria-label', progress?.activity ?? 'Progress');
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
          element('summary', {}, 'Last lines of the log'),
          element('pre', {}, error.logTail.join('\n')),
        ),
    );
  }
}

function activityOf(run: RunRecord, { progress, phases, latestStep }: RunSeries): string {
  if (run.state === 'stopping') return 'Finishing the step and saving';
  const phase = phases.findLast(({ end }) => end === undefined);
  const planned = run.config?.phases.filter(({ epochs }) => epochs > 0).length ?? 0;
  const parts: string[] = [];
  if (phase !== undefined) {
    parts.push(planned > 1 ? `Phase ${Math.min(phases.length, planned)} of ${planned}: ${phase.name}` : phase.name);
  }
  const training = progress === undefined || progress.activity.startsWith('Training ');
  if (latestStep !== undefined && phase !== undefined && training) {
    parts.push(`epoch ${integer(latestStep.epoch)}`, `step ${integer(latestStep.step)}`);
  } else if (progress !== undefined) parts.push(progress.activity);
  return parts.length === 0 ? 'Preparing' : parts.join(' · ');
}

function amountOf({ progress }: RunSeries): string {
  const parts: string[] = [];
  if (progress !== undefined && progress.total > 0) {
    parts.push(`${integer(progress.done)} of ${integer(progress.total)} ${progress.unit}`);
  }
  if (progress?.perSecond !== undefined) parts.push(`${throughput(progress.perSecond)} ${progress.unit}/s`);
  if (progress?.etaSeconds !== undefined && progress.done < progress.total) {
    parts.push(`${duration(progress.etaSeconds)} left`);
  }
  return parts.join(' · ');
}

function outcomeOf(run: RunRecord, { latestStep, progress }: RunSeries): string {
  const seconds = (Date.parse(run.finishedAt ?? run.updatedAt) - Date.parse(run.createdAt)) / 1000;
  const parts: string[] = [];
  if (latestStep !== undefined) parts.push(count(latestStep.step, 'step'), count(latestStep.epoch, 'epoch'));
  else if (progress !== undefined) parts.push(`${progress.activity}: ${integer(progress.done)} ${progress.unit}`);
  if (Number.isFinite(seconds) && seconds > 0) parts.push(duration(seconds));
  if (run.engines?.training !== undefined) parts.push(run.engines.training);
  return parts.join(' · ');
}
