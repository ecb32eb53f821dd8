import { setTimeout as sleep } from 'node:timers/promises';
import { StoppedError, UserError } from '../../protocol/errors';
import type { RunEvent } from '../../protocol/events';
import { type RunState, finalStates } from '../../protocol/run';
import { livenessOf } from '../../run/liveness';
import { type RunFolder, findRunFolder } from '../../run/runFolder';
import { tailEvents } from '../../run/tailEvents';
import type { Command } from '../command';
import { showEvent } from '../terminal';

const recordMilliseconds = 1000;

/** Follows the log until the run has its final state, its worker is gone, or the user has seen enough. */
async function follow(
  folder: RunFolder,
  onEvents: (events: RunEvent[]) => void,
  signal: AbortSignal,
): Promise<RunState> {
  // A final state in the log may be an old one, of before a resume: the record decides.
  const tail = tailEvents(folder.path, onEvents);
  try {
    for (;;) {
      const state = await livenessOf(await folder.reload(), folder.path);
      // The log is written before the record, so one more look at it after the final record shows its end.
      await sleep(recordMilliseconds, undefined, { signal });
      if (finalStates.includes(state)) return state;
    }
  } catch (error) {
    throw signal.aborted ? new StoppedError('Detached; the run goes on.') : error;
  } finally {
    tail.dispose();
  }
}

export const command: Command = {
  name: 'attach',
  summary: 'Show a run as it goes on; Ctrl-C leaves it running.',
  configure(parser) {
    parser.add_argument('run', { metavar: 'RUN', help: 'its folder, its name, or the beginning or end of it' });
  },
  async run(options, { output, cwd, signal }) {
    const folder = await findRunFolder(cwd, options.run as string);
    const state = await follow(folder, (events) => events.forEach((event) => showEvent(output, event)), signal);
    const { id, error, checkpoint } = await folder.reload();
    switch (state) {
      case 'failed':
        throw new UserError(`Run ${id} failed: ${error?.message ?? 'it did not say why.'}`, error?.action);
      case 'lost':
        throw new UserError(
          `The worker of run ${id} is gone without a word (killed, or the machine was switched off).`,
          checkpoint === undefined ? 'Start it again.' : `Resume it from step ${checkpoint.step}.`,
        );
      case 'stopped':
        throw new StoppedError(`Run ${id} was stopped; everything is saved.`);
      default:
        output.line(`Run ${id} is ${state}.`);
        return 0;
    }
  },
};
