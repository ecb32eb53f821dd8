import { trainTripletlossFlags } from '../../train/settings/trainTripletlossFlags';
import { trainingCommand } from '../trainingCommand';

export const command = trainingCommand(
  trainTripletlossFlags,
  'Fine-tune or train a network with the triplet loss, without a classifier.',
);
