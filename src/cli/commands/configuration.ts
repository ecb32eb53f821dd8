import { text } from 'node:stream/consumers';
import { configurationText, saveConfiguration } from '../../train/settings/configurationFile';
import type { Command } from '../command';
import { configurationOfCommand } from '../pythonCommand/configurationOfCommand';

export const command: Command = {
  name: 'configuration',
  summary: 'Turn a command line of a Python training into a run configuration.',
  configure(parser) {
    parser.add_argument('line', {
      nargs: '?',
      default: '-',
      metavar: 'LINE',
      help: 'the whole command line in quotes, as it stands in the history; - reads it from standard input (default)',
    });
    parser.add_argument('--save', {
      action: 'store_true',
      help: 'write it to .facenet/configurations under a free name, for train-softmax --config FILE',
    });
    parser.add_argument('--json', {
      action: 'store_true',
      help: 'print configuration, title and notes as one JSON object',
    });
  },
  async run(options, { output, cwd }) {
    const fromInput = options.line === '-';
    if (fromInput && process.stdin.isTTY) output.problem('Paste the command line and end it with Ctrl-D.');
    const line = fromInput ? await text(process.stdin) : String(options.line);
    const answer = await configurationOfCommand(line);
    if (options.json === true) {
      output.line(JSON.stringify(answer));
      return 0;
    }
    const { config, title, notes } = answer;
    for (const note of notes) output.problem(note);
    const content = configurationText(config, { root: cwd, title, notes });
    if (options.save === true) output.line(await saveConfiguration(cwd, title, content));
    else for (const line of content.trimEnd().split('\n')) output.line(line);
    return 0;
  },
};
