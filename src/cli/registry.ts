import type { Command } from './command';

interface Entry {
  /** Shown by `facenet --help`; equal to the command's own summary (held by a test), so that help loads no command. */
  summary: string;
  /** Loads the command's module; the bundle evaluates it, and the libraries it imports, only then. */
  load: () => Promise<{ command: Command }>;
}

/** Every subcommand of `facenet`, in the order of the work. */
export const registry: Readonly<Record<string, Entry>> = {
  demo: {
    summary: 'Go the whole way on drawn people: no network, no GPU, no photographs needed.',
    load: async () => import('./commands/demo'),
  },
  download: {
    summary: 'Download a pretrained model, or the weights of MTCNN.',
    load: async () => import('./commands/download'),
  },
  clean: {
    summary: 'List what is not an image in a data set; move it away or delete it.',
    load: async () => import('./commands/clean'),
  },
  thumbnail: {
    summary: 'Print small versions of pictures, one line of JSON for each.',
    load: async () => import('./commands/thumbnail'),
  },
  align: { summary: 'Find the faces of a data set and cut them out.', load: async () => import('./commands/align') },
  crop: {
    summary: 'Cut one face out again, with a box drawn by hand.',
    load: async () => import('./commands/crop'),
  },
  merge: {
    summary: 'Make the whole of what shards have done (--shard), where the last of them has not.',
    load: async () => import('./commands/merge'),
  },
  inspect: {
    summary: 'Show the variables of a model, their shapes and sizes, by stage.',
    load: async () => import('./commands/inspect'),
  },
  'train-softmax': {
    summary: 'Fine-tune or train a network on the people of a folder.',
    load: async () => import('./commands/trainSoftmax'),
  },
  'train-tripletloss': {
    summary: 'Fine-tune or train a network with the triplet loss, without a classifier.',
    load: async () => import('./commands/trainTripletloss'),
  },
  configuration: {
    summary: 'Turn a command line of a Python training into a run configuration.',
    load: async () => import('./commands/configuration'),
  },
  pairs: {
    summary: 'Draw pairs of your own people for the LFW protocol.',
    load: async () => import('./commands/pairs'),
  },
  'unpack-pairs': {
    summary: 'Turn a verification set (.bin) of insightface into a folder of images and its pairs.',
    load: async () => import('./commands/unpackPairs'),
  },
  'validate-on-lfw': {
    summary: 'Measure a model on pairs of faces with the LFW protocol.',
    load: async () => import('./commands/validateOnLfw'),
  },
  'self-check': {
    summary: 'Tell whether a model has collapsed: what it makes of some images, mirrored and recompressed.',
    load: async () => import('./commands/selfCheck'),
  },
  evaluate: {
    summary: 'Run the LFW protocol on saved embeddings, two rows per pair.',
    load: async () => import('./commands/evaluate'),
  },
  'evaluate-identification': {
    summary: 'Measure whether people of a gallery are found and strangers refused, with what so much data can claim.',
    load: async () => import('./commands/evaluateIdentification'),
  },
  report: {
    summary: 'Write a report on pairs or of an identification as one HTML file.',
    load: async () => import('./commands/report'),
  },
  classifier: {
    summary: 'Train a classifier of people on embeddings, or name the people of a folder with one.',
    load: async () => import('./commands/classifier'),
  },
  compare: {
    summary: 'Tell how far the faces of photographs are from one another, and who is the same.',
    load: async () => import('./commands/compare'),
  },
  predict: {
    summary: 'Name every face of photographs with a classifier.',
    load: async () => import('./commands/predict'),
  },
  identify: {
    summary: 'Enrol people in a gallery without training, and say who the faces of photographs are.',
    load: async () => import('./commands/identify'),
  },
  cluster: {
    summary: 'Sort the faces of a folder of photographs by who they might be (DBSCAN).',
    load: async () => import('./commands/cluster'),
  },
  clustering: {
    summary: 'Sort a folder of aligned faces by who they might be (Chinese whispers).',
    load: async () => import('./commands/clustering'),
  },
  'calculate-filtering-metrics': {
    summary: "Write how far each image is from its person's centre, for leaving out images of a training.",
    load: async () => import('./commands/calculateFilteringMetrics'),
  },
  'decode-msceleb': {
    summary: 'Unpack the images of MS-Celeb-1M files, one folder per person.',
    load: async () => import('./commands/decodeMsceleb'),
  },
  'export-embeddings': {
    summary: 'Write the embeddings of a folder of aligned faces as NumPy files.',
    load: async () => import('./commands/exportEmbeddings'),
  },
  'batch-represent': {
    summary: 'Write the embeddings of a folder of aligned faces as signatures.npy and gallery.npy.',
    load: async () => import('./commands/batchRepresent'),
  },
  export: {
    summary: 'Write a model for other programs: ONNX, TensorFlow.js, safetensors, Keras, TensorFlow.',
    load: async () => import('./commands/export'),
  },
  freeze: {
    summary: 'Write a model with its weights as one frozen TensorFlow graph (.pb).',
    load: async () => import('./commands/freeze'),
  },
  engine: {
    summary: 'List, install or examine the engines that train.',
    load: async () => import('./commands/engine'),
  },
  doctor: {
    summary: 'Look at everything the workbench stands on and say what to do.',
    load: async () => import('./commands/doctor'),
  },
  runs: { summary: 'List the runs of this folder, newest first.', load: async () => import('./commands/runs') },
  'compare-runs': {
    summary: 'Show runs beside each other: what they have reached, and the settings in which they differ.',
    load: async () => import('./commands/compareRuns'),
  },
  people: {
    summary: 'Tell for each person how a training names the images held out of it.',
    load: async () => import('./commands/people'),
  },
  erase: {
    summary: 'Take a person out of datasets, caches and lists, to the trash; tell which checkpoints know them.',
    load: async () => import('./commands/erase'),
  },
  attach: {
    summary: 'Show a run as it goes on; Ctrl-C leaves it running.',
    load: async () => import('./commands/attach'),
  },
  stop: { summary: 'Let a run finish its step, save and end.', load: async () => import('./commands/stop') },
};

/** Commands whose names begin with `typed`, as argparse abbreviates options; an exact name stands alone. */
export function commandsMatching(typed: string, names: readonly string[] = Object.keys(registry)): string[] {
  return names.includes(typed) ? [typed] : names.filter((name) => name.startsWith(typed));
}

/** The text of `facenet --help`. */
export function overview(): string {
  const width = Math.max(...Object.keys(registry).map((name) => name.length));
  return [
    'usage: facenet COMMAND [options]',
    '',
    'Fine-tune FaceNet on your own people and see whether it got better.',
    '',
    'commands:',
    ...Object.entries(registry).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'facenet COMMAND --help tells the options of a command; facenet --version the version.',
    'A command of the Python scripts runs as it is: facenet python src/train_softmax.py --data_dir …',
    '',
  ].join('\n');
}
