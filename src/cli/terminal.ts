import type { Writable } from 'node:stream';
import type { ProgressEvent, RunEvent } from '../protocol/events';
import type { ReportedEvent } from '../protocol/jobContext';
import { shownLine } from '../protocol/shownText';
import { percent } from '../words/rates';
import type { CommandOutput } from './command';

/** The part of a standard stream that the terminal needs; replaced in tests. */
export interface TerminalStream extends Pick<Writable, 'write'> {
  isTTY?: boolean;
  columns?: number;
}

const redrawMilliseconds = 100;
const pipeMilliseconds = 5000;
const eraseLine = '\r\x1b[K';

/**
 * Output of a command: lines to `stdout`, problems and progress to `stderr`, so that what a command prints can be
 * piped while its progress is still seen. In a terminal the progress line is redrawn in place at most ten times a
 * second and kept off the other lines; anywhere else it is a plain line every five seconds. A name in a text, whatever it
 * holds, neither commands the terminal nor begins a line.
 */
export function createOutput(
  stdout: TerminalStream,
  stderr: TerminalStream,
  now: () => number = () => performance.now(),
): CommandOutput & { endProgress(): void } {
  let shown = '';
  let latest = '';
  let lastWrite = Number.NEGATIVE_INFINITY;
  const erase = (): void => {
    if (shown !== '') stderr.write(eraseLine);
    shown = '';
  };
  const draw = (text: string): void => {
    const width = (stderr.columns ?? 80) - 1;
    shown = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    stderr.write(`${eraseLine}${shown}`);
  };
  const around = (stream: TerminalStream, text: string): void => {
    const covered = shown;
    erase();
    stream.write(`${text}\n`);
    if (covered !== '') draw(latest);
  };
  return {
    line: (text) => around(stdout, shownLine(text)),
    problem: (text) => around(stderr, shownLine(text)),
    progress(text) {
      latest = shownLine(text);
      if (now() - lastWrite < (stderr.isTTY === true ? redrawMilliseconds : pipeMilliseconds)) return;
      lastWrite = now();
      if (stderr.isTTY === true) draw(latest);
      else stderr.write(`${latest}\n`);
    },
    endProgress: erase,
  };
}

/** `1 h 02 min`, `3 min 20 s` or `8 s` for a duration in seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** One progress line: `Aligning 120/3321 images (3 %), 34.1/s, 1 min 34 s left`. */
export function formatProgress(event: Omit<ProgressEvent, 'time'>): string {
  const share = event.total > 0 ? ` (${Math.floor((100 * event.done) / event.total)} %)` : '';
  const count = event.total > 0 ? `${event.done}/${event.total}` : String(event.done);
  const parts = [`${event.activity} ${count} ${event.unit}${share}`];
  if (event.perSecond !== undefined) parts.push(`${event.perSecond.toPrecision(3)}/s`);
  const left = event.runSecondsLeft ?? (event.done < event.total ? event.etaSeconds : undefined);
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  return parts.join(', ');
}

const number = (value: number | null, digits: number): string =>
  value === null ? 'not a number' : value.toFixed(digits);

const rate = (value: number | null): string => (value === null ? 'not a number' : percent(value));

/**
 * Shows a job's events in the terminal: the same events that go to metrics.jsonl. Steps and progress share the
 * redrawn line, everything that stays true (phases, checkpoints, what the job logs) gets a line of its own.
 */
export function showEvent(output: CommandOutput, event: RunEvent | ReportedEvent): void {
  switch (event.type) {
    case 'progress':
      output.progress(formatProgress(event));
      return;
    case 'step': {
      const active = event.measures?.activeTriplets;
      const good = active === undefined ? `accuracy ${rate(event.accuracy)}` : `active ${rate(active)}`;
      output.progress(
        `Step ${event.step}, epoch ${event.epoch} (${event.phase}): loss ${number(event.loss, 4)}, ` +
          `${good}, ${event.imagesPerSecond.toPrecision(3)} images/s`,
      );
      return;
    }
    case 'phase':
      output.line(
        event.boundary === 'start'
          ? `Phase ${event.name}: training from ${event.trainableFrom} on, ${event.epochs} epochs`
          : `Phase ${event.name} done at step ${event.step}`,
      );
      return;
    case 'checkpoint':
      output.line(`Saved ${event.prefix}${event.best ? ' (best so far)' : ''}`);
      return;
    case 'alarm':
    case 'recovery':
      output.problem(`Warning: ${event.message}`);
      return;
    case 'log':
      if (event.level === 'info') output.line(event.message);
      else output.problem(`${event.level === 'warning' ? 'Warning' : 'Error'}: ${event.message}`);
      return;
    case 'validation':
    case 'lfw':
    case 'round':
      // The job logs these in the reference's own words.
      return;
    case 'state':
      // Told by the exit code and the closing line of the command.
      return;
  }
}
