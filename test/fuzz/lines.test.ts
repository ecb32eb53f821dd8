import { fuzzTests } from './fuzzTests';
import { lineReaders } from './readers/lines';

fuzzTests(lineReaders);
