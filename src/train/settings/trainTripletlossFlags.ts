import { headSettings } from '../../protocol/settings/headSettings';
import { samplerSettings } from '../../protocol/settings/samplerSettings';
import { softmaxSettings } from '../../protocol/settings/softmaxSettings';
import { trainingSetSettings } from '../../protocol/settings/trainingSetSettings';
import { trainSettings } from '../../protocol/trainConfig';
import { flagTable, without } from './flagTable';

// There is no classifier whose accuracy could be validated, and images are drawn by the rounds.
const { validationSplitRatio, minTrainImagesPerClass, validateEveryEpochs } = trainingSetSettings;
const ofClassifiers = {
  ...headSettings,
  ...softmaxSettings,
  ...samplerSettings,
  ...{ validationSplitRatio, minTrainImagesPerClass, validateEveryEpochs },
};

/** The flags of `train-tripletloss`; of the reference's those of train_tripletloss.py (spec §5.8). */
export const trainTripletlossFlags = flagTable(
  'train-tripletloss',
  without(trainSettings, ofClassifiers),
  [
    'logs_base_dir',
    'models_base_dir',
    'gpu_memory_fraction',
    'pretrained_model',
    'data_dir',
    'model_def',
    'max_nrof_epochs',
    'batch_size',
    'image_size',
    'people_per_batch',
    'images_per_person',
    'epoch_size',
    'alpha',
    'embedding_size',
    'random_crop',
    'random_flip',
    'keep_probability',
    'weight_decay',
    'optimizer',
    'learning_rate',
    'learning_rate_decay_epochs',
    'learning_rate_decay_factor',
    'moving_average_decay',
    'seed',
    'learning_rate_schedule_file',
    'lfw_pairs',
    'lfw_dir',
    'lfw_nrof_folds',
  ],
  { head: 'triplet' },
);
