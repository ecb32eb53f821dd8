import { fuzzTests } from './fuzzTests';
import { recognizerReaders } from './readers/recognizers';

fuzzTests(recognizerReaders);
