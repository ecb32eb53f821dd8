// How fast the ranks are beside one another, for run.json.
import type { JobContext } from '../../protocol/jobContext';
import type { RankRecord } from '../../protocol/ranks';
import type { StepExchange } from '../step/exchange';

const recordEveryMilliseconds = 5000;

/** What is known of the ranks before their first step. */
export interface RankPlaces {
  /** Names of their machines, by rank. */
  hosts: readonly string[];
  /** Library and thread level. */
  library: string;
}

/** The slowest rank, and by how much the time of its steps exceeds the mean of all; undefined before any time has passed. */
export function slowestOf(seconds: ArrayLike<number>): { rank: number; excess: number } | undefined {
  const all = Array.from(seconds);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  if (!(mean > 0)) return undefined;
  const most = Math.max(...all);
  return { rank: all.indexOf(most), excess: most / mean - 1 };
}

/** Writes into the record of a run who makes its steps, and who is waited for. */
export class RankPace {
  private recorded = -Infinity;
  private slowest: ReturnType<typeof slowestOf>;

  constructor(
    private readonly exchange: StepExchange,
    private readonly places: RankPlaces,
    private readonly context: Pick<JobContext, 'update'>,
  ) {}

  /** @param now even when it was recorded a moment ago */
  async record(now: boolean): Promise<void> {
    if (!now && performance.now() - this.recorded < recordEveryMilliseconds) return;
    this.recorded = performance.now();
    const { hosts, library } = this.places;
    const slowest = slowestOf(this.exchange.takeSeconds()) ?? this.slowest;
    this.slowest = slowest;
    const ranks: RankRecord = {
      ...{ size: hosts.length, machines: new Set(hosts).size, library },
      ...(slowest !== undefined && { slowest: { ...slowest, host: hosts[slowest.rank]! } }),
    };
    await this.context.update({ ranks });
  }
}
