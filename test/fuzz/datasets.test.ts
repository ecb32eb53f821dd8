import { fuzzTests } from './fuzzTests';
import { datasetReaders } from './readers/datasets';

fuzzTests(datasetReaders);
