import { join } from 'node:path';
import { readPeople } from '../../evaluate/readPeople';
import { isInside } from '../../files/insideFolder';
import { UserError } from '../../protocol/errors';
import { findRunFolder } from '../../run/runList';
import { type Command, printJson } from '../command';
import { peopleInFull } from '../peopleText';

export const command: Command = {
  name: 'people',
  summary: 'Tell for each person how a training names the images held out of it.',
  configure(parser) {
    parser.add_argument('run', { metavar: 'RUN', help: 'its folder, its name, or the beginning or end of it' });
    parser.add_argument('--json', { action: 'store_true', help: 'print the result as JSON' });
  },
  async run(options, { output, cwd }) {
    const { path, record } = await findRunFolder(cwd, options.run as string);
    const file = record.heldOut?.file;
    if (file === undefined || !isInside(path, join(path, file))) {
      throw new UserError(
        `Run ${record.id} has no result per person.`,
        'A training with a classifier has one from the end of its first phase on, where images are held out (--validation_set_split_ratio).',
      );
    }
    const result = await readPeople(join(path, file));
    if (options.json === true) printJson(output, result);
    else for (const line of peopleInFull(result)) output.line(line);
    return 0;
  },
};
