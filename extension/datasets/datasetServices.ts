import type { Services } from '../services';
import type { DatasetChecks } from './datasetChecks';
import type { DatasetFilter } from './datasetFilter';
import type { ImageMoves } from './imageMoves';

/** What the commands and pages on datasets work with beside what all have. */
export interface DatasetServices extends Services {
  checks: DatasetChecks;
  datasetFilter: DatasetFilter;
  imageMoves: ImageMoves;
}
