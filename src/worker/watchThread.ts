// The thread of a working process that watches the one that does the job, and is heard by the keeper while that computes.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { Heart } from '../jobs/heart';
import { describeWorkingThread } from './workingThread';
import type { Pulse } from './pulse';
import { type Patience, Watchdog } from './watchdog';

export interface WatchSetup {
  memory: SharedArrayBuffer;
  patience: Patience;
  /** File descriptor of the pipe to the keeper. */
  pipe: number;
}

/** Whether it could be written; a pipe that is full for a moment is not a keeper that is gone. */
function tell(pipe: number, pulse: Pulse): boolean {
  try {
    writeSync(pipe, `${JSON.stringify(pulse)}\n`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN';
  }
}

async function watch({ memory, patience, pipe }: WatchSetup): Promise<void> {
  const heart = new Heart(memory);
  const watchdog = new Watchdog(patience);
  let before = { time: performance.now(), cpu: process.cpuUsage(), turns: -1 };
  let alone = 0;
  for (;;) {
    await sleep(patience.look * 1000);
    const cpu = process.cpuUsage(before.cpu);
    const seconds = (performance.now() - before.time) / 1000;
    const { beats, unit, step, turns, debugged, apart } = heart.read();
    const turning = turns !== before.turns;
    before = { time: performance.now(), cpu: process.cpuUsage(), turns };
    const residentBytes = process.memoryUsage.rss();
    if (!tell(pipe, { type: 'alive', unit, step, residentBytes })) {
      alone += Math.min(seconds, 2 * patience.look);
      // Without a keeper the job saves and ends itself; where its main thread does not come to that, it is ended.
      if (alone > patience.alone) process.kill(process.pid, 'SIGKILL');
      continue;
    }
    const cpuSeconds = (cpu.user + cpu.system) / 1e6;
    const verdict = debugged ? undefined : watchdog.look({ seconds, beats, unit, cpuSeconds });
    if (verdict === undefined) continue;
    const { is, ...silence } = verdict;
    if (is === 'slow') {
      tell(pipe, { type: 'slow', step, ...silence });
      continue;
    }
    tell(pipe, { type: 'hanging', step, ...silence, stack: await describeWorkingThread({ turning, apart }) });
  }
}

void watch(workerData as WatchSetup);
