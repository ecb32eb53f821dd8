import { fuzzTests } from './fuzzTests';
import { checkpointReaders } from './readers/checkpoints';

fuzzTests(checkpointReaders);
