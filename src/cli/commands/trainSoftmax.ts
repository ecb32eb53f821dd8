import { trainSoftmaxFlags } from '../../train/settings/trainSoftmaxFlags';
import { trainingCommand } from '../trainingCommand';

export const command = trainingCommand(trainSoftmaxFlags, 'Fine-tune or train a network on the people of a folder.');
