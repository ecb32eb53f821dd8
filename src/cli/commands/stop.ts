import { UserError } from '../../protocol/errors';
import { findRunFolder } from '../../run/runList';
import { stopRun } from '../../worker/stopRun';
import type { Command } from '../command';

export const command: Command = {
  name: 'stop',
  summary: 'Let a run finish its step, save and end.',
  configure(parser) {
    parser.add_argument('run', { metavar: 'RUN', help: 'its folder, its name, or the beginning or end of it' });
    parser.add_argument('--grace', {
      type: 'float',
      default: 120,
      metavar: 'SECONDS',
      help: 'how long it may take before it is ended by force (default: %(default)s; 0: at once)',
    });
  },
  async run(options, { output, cwd, signal }) {
    const folder = await findRunFolder(cwd, options.run as string);
    const record = await stopRun(folder.path, { graceSeconds: options.grace as number, signal });
    if (record.state === 'failed')
      throw new UserError(`Run ${record.id}: ${record.error?.message}`, record.error?.action);
    output.line(
      record.state === 'stopped'
        ? `Run ${record.id} is stopped; everything is saved.`
        : `Run ${record.id} is ${record.state}.`,
    );
    return 0;
  },
};
