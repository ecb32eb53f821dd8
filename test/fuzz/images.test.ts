import { fuzzTests } from './fuzzTests';
import { imageReaders } from './readers/images';

fuzzTests(imageReaders);
