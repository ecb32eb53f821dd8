import { fuzzTests } from './fuzzTests';
import { arrayReaders } from './readers/arrays';

fuzzTests(arrayReaders);
