import type { ForeignReader } from '../foreignReader';
import { archiveReaders } from './archives';
import { arrayReaders } from './arrays';
import { checkpointReaders } from './checkpoints';
import { datasetReaders } from './datasets';
import { imageReaders } from './images';
import { lineReaders } from './lines';
import { recognizerReaders } from './recognizers';
import { recordReaders } from './records';

/** Everything that reads what others have made. */
export const foreignReaders: readonly ForeignReader[] = [
  ...checkpointReaders,
  ...arrayReaders,
  ...archiveReaders,
  ...imageReaders,
  ...datasetReaders,
  ...recordReaders,
  ...recognizerReaders,
  ...lineReaders,
];
