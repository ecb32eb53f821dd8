import { StoppedError, UserError } from '../../protocol/errors';
import type { RunEvent } from '../../protocol/events';
import type { RunRecord } from '../../protocol/run';
import { isFinal, isResumable } from '../../protocol/runRules';
import { findRunFolder } from '../../run/runList';
import { RunWatch } from '../../watch/runWatch';
import type { Command } from '../command';
import { showEvent } from '../terminal';

/**
 * Hands over all events until the run has its final state or its worker is gone; resolves to the record as it stands then.
 * @throws StoppedError when the user has seen enough
 */
async function follow(
  runFolder: string,
  onEvents: (events: readonly RunEvent[]) => void,
  signal: AbortSignal,
): Promise<RunRecord> {
  const watch = await RunWatch.open(runFolder);
  const use = watch.useSeries({ appended: onEvents, restarted: () => undefined });
  try {
    return await new Promise<RunRecord>((resolve, reject) => {
      const look = (): void => {
        // A final state in the log may be an old one, of before a resume: the record decides.
        if (isFinal(watch.record.state)) void use.caughtUp.then(() => resolve(watch.record));
      };
      const leave = (): void => reject(new StoppedError('Detached; the run goes on.'));
      watch.onChange(look);
      look();
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  } finally {
    use.dispose();
    watch.dispose();
  }
}

export const command: Command = {
  name: 'attach',
  summary: 'Show a run as it goes on; Ctrl-C leaves it running.',
  configure(parser) {
    parser.add_argument('run', { metavar: 'RUN', help: 'its folder, its name, or the beginning or end of it' });
  },
  async run(options, { output, cwd, signal }) {
    const { path } = await findRunFolder(cwd, options.run as string);
    const record = await follow(path, (events) => events.forEach((event) => showEvent(output, event)), signal);
    const { id, state, error } = record;
    switch (state) {
      case 'failed':
        throw new UserError(`Run ${id} failed: ${error?.message ?? 'it did not say why.'}`, error?.action);
      case 'lost':
        throw new UserError(
          `The worker of run ${id} is gone without a word (killed, or the machine was switched off).`,
          isResumable(record) ? `Resume it from step ${record.checkpoint.step}.` : 'Start it again.',
        );
      case 'stopped':
        throw new StoppedError(`Run ${id} was stopped; everything is saved.`);
      default:
        output.line(`Run ${id} is ${state}.`);
        return 0;
    }
  },
};
