import type { ArgumentParser } from 'argparse';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { scanDataset } from '../../dataset/scan';
import { writeHdf5 } from '../../files/hdf5';
import { centreDistances } from '../../identify/centres';
import { requireFree } from '../../files/requireFree';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import {
  addIneffectiveFlags,
  addRecipeFlags,
  askedRecipe,
  type IneffectiveFlag,
  ineffectiveNotes,
  modelHelp,
} from '../modelFlags';

const ineffective: Readonly<Record<string, IneffectiveFlag>> = {
  batch_size: { type: 'int', usual: 90, why: 'it changes no result' },
};

function configure(parser: ArgumentParser): void {
  parser.add_argument('dataset_dir', { metavar: 'DIR', help: 'folder of aligned faces, one folder per person' });
  parser.add_argument('model_file', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('data_file_name', {
    metavar: 'OUTPUT',
    help: 'HDF5 file to write, for --filter_filename of a training',
  });
  addRecipeFlags(parser);
  addIneffectiveFlags(parser, ineffective);
  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  own.add_argument('--force', { action: 'store_true', help: 'replace OUTPUT where it exists' });
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  for (const note of ineffectiveNotes(ineffective, options)) output.problem(note);
  const path = expandHome(String(options['data_file_name']));
  await requireFree(path, options['force'] === true, 'metrics.h5');
  const folder = expandHome(String(options['dataset_dir']));
  const dataset = await scanDataset(folder);
  const model = await openFaceModel(String(options['model_file']), askedRecipe(options));
  try {
    for (const note of await modelNotes(model, folder)) output.problem(`Warning: ${note}`);
    let batch = 0;
    const found = await centreDistances(model, dataset, {
      signal,
      onPerson: (_, seconds) => output.line(`Batch ${batch++} in ${seconds.toFixed(3)} seconds`),
    });
    output.line(`Writing filtering data to ${path}`);
    await mkdir(dirname(path), { recursive: true });
    const shape = [found.images.length];
    await writeHdf5(path, {
      class_names: { data: found.people },
      image_list: { data: found.images },
      label_list: { shape, data: found.labels },
      distance_to_center: { shape, data: found.distances },
    });
    return 0;
  } finally {
    await model.dispose();
  }
}

export const command: Command = {
  name: 'calculate-filtering-metrics',
  summary: "Write how far each image is from its person's centre, for leaving out images of a training.",
  configure,
  run,
};
