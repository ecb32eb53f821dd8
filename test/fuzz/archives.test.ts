import { fuzzTests } from './fuzzTests';
import { archiveReaders } from './readers/archives';

fuzzTests(archiveReaders);
