import { fuzzTests } from './fuzzTests';
import { recordReaders } from './readers/records';

fuzzTests(recordReaders);
