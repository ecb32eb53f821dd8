import type { ReportedEvent } from '../protocol/jobContext';

type Progress = Extract<ReportedEvent, { type: 'progress' }>;

/** Four a second are enough for an eye and keep the log of an hour below three megabytes. */
const shortestMilliseconds = 250;

/**
 * Completes progress events with rate (units per second since the activity began) and estimated seconds left, where
 * the job has not given them, and thins them out: the first, the last and at most four a second of each activity pass,
 * the others come back as undefined.
 */
export function progressMeter(now: () => number = () => performance.now()): (event: Progress) => Progress | undefined {
  let activity: string | undefined;
  let began = { time: 0, done: 0 };
  let passed = Number.NEGATIVE_INFINITY;
  return (event) => {
    const time = now();
    if (event.activity !== activity || event.done < began.done) {
      activity = event.activity;
      began = { time, done: event.done };
      passed = Number.NEGATIVE_INFINITY;
    }
    const complete = event.total > 0 && event.done >= event.total;
    if (!complete && time - passed < shortestMilliseconds) return undefined;
    passed = time;
    const seconds = (time - began.time) / 1000;
    const measured = seconds > 0 && event.done > began.done ? (event.done - began.done) / seconds : undefined;
    const perSecond = event.perSecond ?? measured;
    const left = perSecond === undefined || event.total <= 0 ? undefined : (event.total - event.done) / perSecond;
    const etaSeconds = event.etaSeconds ?? left;
    return {
      ...event,
      ...(perSecond !== undefined && { perSecond }),
      ...(etaSeconds !== undefined && { etaSeconds }),
    };
  };
}
