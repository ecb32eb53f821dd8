import { resolve } from 'node:path';
import { DemoFolder } from '../../demo/demoFolder';
import { demoRequestSchema } from '../../protocol/job';
import { UserError } from '../../protocol/errors';
import type { Command } from '../command';
import { createRunFolder, runsDirectory } from '../../run/runFolder';
import { keepJob } from '../../worker/keepJob';
import { showEvent } from '../terminal';

export const command: Command = {
  name: 'demo',
  summary: 'Go the whole way on drawn people: no network, no GPU, no photographs needed.',
  configure(parser) {
    parser.add_argument('--output_dir', {
      default: 'facenet-demo',
      help: 'empty or new folder for the workspace (default: facenet-demo)',
    });
    parser.add_argument('--people', { type: 'int', default: 32, help: 'people to train on, at least 4 (default: 32)' });
    parser.add_argument('--photographs', {
      type: 'int',
      default: 12,
      help: 'photographs of each of them, at least 4 (default: 12)',
    });
    parser.add_argument('--seed', {
      type: 'int',
      default: 666,
      help: 'another seed draws other people (default: 666)',
    });
    parser.add_argument('--draw_only', { action: 'store_true', help: 'draw the photographs and stop there' });
  },
  async run(options, context) {
    const outputDir = resolve(context.cwd, options['output_dir'] as string);
    const parsed = demoRequestSchema.safeParse({
      kind: 'demo',
      outputDir,
      people: options['people'],
      photographs: options['photographs'],
      seed: options['seed'],
      drawOnly: options['draw_only'],
    });
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw new UserError(
        `--${path.join('.')} cannot be ${String(options[path.join('.')])}: ${message}.`,
        'See facenet demo --help.',
      );
    }
    // Before the run folder is made: nothing may appear in a folder that is not the demo's.
    await new DemoFolder(outputDir).check(parsed.data);
    const { output, signal, force } = context;
    const folder = await createRunFolder(runsDirectory(outputDir), parsed.data, 'Demo');
    await keepJob(parsed.data, folder, { signal, force, onEvent: (event) => showEvent(output, event) });
    output.line(`Open ${outputDir} in VS Code to look at it.`);
    return 0;
  },
};
