// What is trained on, from which model, and what its network looks like.
import { z } from 'zod';
import { networkNameSchema, standardizationSchema } from '../recipe';
import { setting } from './setting';

export const modelSettings = {
  dataDir: setting({
    schema: z.string(),
    text: 'Folder of aligned faces to train on, one folder per person.',
    flag: {
      name: 'data_dir',
      kind: 'path',
      help: 'folder of aligned faces, one folder per person',
      default: '~/datasets/casia/casia_maxpy_mtcnnalign_182_160',
    },
  }),
  pretrainedModel: setting({
    schema: z.string().optional(),
    text: "Model to start from: a folder, a checkpoint's prefix or file, or `starter`. Left out: training from scratch.",
    words: ['starter'],
    flag: {
      name: 'pretrained_model',
      kind: 'path',
      help: 'model to start from: checkpoint prefix, folder, any of its files, or starter',
    },
  }),
  network: setting({
    schema: networkNameSchema.optional(),
    text: "Architecture; default the pretrained model's.",
    flag: {
      name: 'model_def',
      kind: 'str',
      help: 'network',
      fromScratch: 'models.inception_resnet_v1',
      withModel: 'its own',
      printed: (network) => network && `models.${network}`,
    },
  }),
  embeddingSize: setting({
    schema: z.number().int().positive().optional(),
    text: "Values of an embedding; default the model's, from scratch 128.",
    flag: {
      name: 'embedding_size',
      kind: 'int',
      help: 'values of an embedding',
      fromScratch: 128,
      withModel: 'its own',
    },
  }),
  imageSize: setting({
    schema: z.number().int().positive().optional(),
    text: "Edge of the network's input in pixels; default the model's.",
    flag: { name: 'image_size', kind: 'int', help: 'network input in pixels', fromScratch: 160, withModel: 'its own' },
  }),
  standardization: setting({
    schema: standardizationSchema.optional(),
    text: "How pixels become numbers: `fixed` is (x − 127.5) / 128, `per_image` zero mean and unit deviation, `dlib` the starter's. Default the model's.",
    flag: {
      name: 'use_fixed_image_standardization',
      kind: 'switch',
      help: '(x - 127.5) / 128 instead of per image',
      withModel: 'as it was trained',
      printed: (standardization) => standardization === 'fixed',
    },
  }),
};
