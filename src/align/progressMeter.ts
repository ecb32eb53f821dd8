import { activities } from '../protocol/activities';
import type { ReportedEvent } from '../protocol/jobContext';

const reportEveryMilliseconds = 500;

/** Counts finished images and reports images per second and the time left, at most twice a second. */
export class ProgressMeter {
  private done = 0;
  private worked = 0;
  private lastReport = Number.NEGATIVE_INFINITY;
  private readonly started: number;

  constructor(
    private readonly total: number,
    private readonly report: (event: ReportedEvent) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = now();
  }

  /** One image is finished; `worked` is false for one that was there already and must not flatter the rate. */
  count(worked: boolean): void {
    this.done++;
    if (worked) this.worked++;
    if (this.now() - this.lastReport >= reportEveryMilliseconds || this.done === this.total) this.tell();
  }

  /** Images per second since the start, those that were there already left out. */
  get perSecond(): number | undefined {
    const seconds = (this.now() - this.started) / 1000;
    return this.worked > 0 && seconds > 0 ? this.worked / seconds : undefined;
  }

  private tell(): void {
    this.lastReport = this.now();
    const { done, total, perSecond } = this;
    this.report({
      type: 'progress',
      activity: activities.aligning,
      done,
      total,
      unit: 'images',
      perSecond,
      etaSeconds: perSecond === undefined ? undefined : (total - done) / perSecond,
    });
  }
}
