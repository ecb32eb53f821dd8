// A process that makes one step for each line on its standard input and answers with the seconds that it took: what is
// compared has the machine to itself while it computes, and a peak of memory of its own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface TimedProcess {
  /** @returns seconds of one step, as the process measured it */
  step(): Promise<number>;
  /** Seconds of all cores that the last step took of the process; NaN where it does not tell. */
  cpu(): number;
  /** Largest resident set so far, bytes; Linux only. */
  peak(): number;
  end(): void;
}

/** Starts a program that answers lines. @throws Error from `step` when it has ended */
export function timedProcess(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): TimedProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let used = NaN;
  return {
    async step() {
      child.stdin.write('step\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${[program, ...args].join(' ')} has ended`);
      const [seconds, cpu = NaN] = value.split(' ').map(Number);
      used = cpu;
      return seconds!;
    },
    cpu: () => used,
    peak: () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]),
    end: () => child.stdin.end(),
  };
}

/** The other side, in a program of ours. */
export async function answerSteps(step: () => Promise<number>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'step') continue;
    const before = process.cpuUsage();
    const seconds = await step();
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(`${seconds} ${(user + system) / 1e6}\n`);
  }
}
