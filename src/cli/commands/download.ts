import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assetsFolder, downloadMtcnn, findMtcnn } from '../../align/assets';
import { downloadModel } from '../../download/downloadModel';
import { modelsFolder, publishedModels } from '../../download/publishedModels';
import { UserError } from '../../protocol/errors';
import { expandHome } from '../../train/settings/homePath';
import { progressMeter } from '../../jobs/progressMeter';
import type { Command, CommandContext, CommandOptions, CommandOutput } from '../command';
import { formatProgress } from '../terminal';

const mtcnn = 'mtcnn';

function list(folder: string, output: CommandOutput): number {
  for (const { name, trainedOn } of publishedModels) {
    const there = existsSync(join(folder, name)) ? `; is in ${join(folder, name)}` : '';
    output.line(`${name.padEnd(16)} Inception-ResNet-v1 trained on ${trainedOn}${there}`);
  }
  const weights = findMtcnn();
  output.line(`${mtcnn.padEnd(16)} weights of MTCNN${weights === undefined ? '' : `; are in ${weights}`}`);
  return 0;
}

async function weights(folder: string, force: boolean, { output, signal }: CommandContext): Promise<number> {
  const there = findMtcnn(folder);
  if (there !== undefined && !force)
    throw new UserError(
      `MTCNN's weights are in ${there} already.`,
      'Use them as they are, or replace them with --force.',
    );
  const path = await downloadMtcnn(folder, { signal, onNotice: (message) => output.line(message) });
  output.line(`MTCNN's weights are in ${path}; each file has the SHA-256 that it must have.`);
  if (folder !== assetsFolder()) output.line(`They are found there with FACENET_ASSETS=${folder}.`);
  return 0;
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const to = options['to'] === undefined ? undefined : expandHome(options['to'] as string);
  const force = options['force'] === true;
  const name = options['model'] as string | undefined;
  if (name === undefined) return list(to ?? modelsFolder(), output);
  if (name === mtcnn) return weights(to ?? assetsFolder(), force, context);

  const model = publishedModels.find((candidate) => candidate.name === name)!;
  const host = process.env['FACENET_DOWNLOAD_URL'];
  const meter = progressMeter();
  const { path, record } = await downloadModel(model, to ?? modelsFolder(), {
    signal,
    force,
    ...(host !== undefined && host !== '' && { host }),
    onNotice: (message) => output.line(message),
    onProgress(done, total = 0) {
      const megabytes = (bytes: number): number => Math.floor(bytes / 1e6);
      const event = meter({
        type: 'progress',
        activity: `Downloading ${name}`,
        done: megabytes(done),
        total: megabytes(total),
        unit: 'MB',
      });
      if (event !== undefined) output.progress(formatProgress(event));
    },
  });
  output.line(`SHA-256 of the archive (${record.bytes} bytes): ${record.sha256}`);
  output.line(`${name} is in ${path}`);
  return 0;
}

export const command: Command = {
  name: 'download',
  summary: 'Download a pretrained model, or the weights of MTCNN.',
  configure(parser) {
    parser.add_argument('model', {
      nargs: '?',
      choices: [...publishedModels.map(({ name }) => name), mtcnn],
      metavar: 'MODEL',
      help: `one of ${publishedModels.map(({ name }) => name).join(', ')}, or ${mtcnn}; without it they are listed`,
    });
    parser.add_argument('--to', {
      metavar: 'DIR',
      help: "folder that gets the model's own folder (default: ~/.facenet/models; for mtcnn ~/.facenet/assets)",
    });
    parser.add_argument('--force', { action: 'store_true', help: 'replace files of the same names' });
  },
  run,
};
