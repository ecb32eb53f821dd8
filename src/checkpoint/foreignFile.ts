// Files that people take for a model: what they really are, in one sentence.
import { UserError } from '../protocol/errors';
import { endsAsTable } from './sortedTable';

interface Foreign {
  beginnings: readonly (string | RegExp)[];
  what: string;
  action: string;
}

const giveTensorflow = 'Give a TensorFlow checkpoint or a frozen graph.';
const unpack = 'Unpack it and give the folder inside.';

const foreign: readonly Foreign[] = [
  {
    beginnings: [/^\s*(?:<!doctype html|<html|<head|<\?xml)/i],
    what: 'is a web page, not a model: the download was answered with a warning page',
    action: 'Download the model again with the browser: its page asks for a confirmation first.',
  },
  {
    beginnings: ['version https://git-lfs'],
    what: 'is a Git LFS pointer, not the model itself',
    action: 'Run git lfs pull in its repository.',
  },
  { beginnings: ['PK\x03\x04'], what: 'is a zip archive', action: unpack },
  { beginnings: ['\x1f\x8b'], what: 'is a gzip archive', action: unpack },
  { beginnings: ['Rar!'], what: 'is a RAR archive', action: unpack },
  { beginnings: ['7z\xbc\xaf'], what: 'is a 7z archive', action: unpack },
  { beginnings: ['\x89HDF'], what: 'is an HDF5 file (Keras)', action: giveTensorflow },
  { beginnings: ['\x93NUMPY'], what: 'is a NumPy array, not a model', action: giveTensorflow },
  { beginnings: [/^[\s\S]{4}TFL3/], what: 'is a TensorFlow Lite model', action: giveTensorflow },
  {
    beginnings: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
    what: 'is a Python pickle (PyTorch)',
    action: giveTensorflow,
  },
];

/**
 * Refuses a file that cannot be a model, recognised by its first and last bytes.
 *
 * @throws UserError that says what the file is.
 */
export function refuseForeignFile(path: string, head: Buffer, tail: Buffer): void {
  if (head.length === 0) throw new UserError(`${path} is empty.`, 'Copy or download it again.');
  const text = head.toString('latin1');
  const begins = (beginning: string | RegExp): boolean =>
    typeof beginning === 'string' ? text.startsWith(beginning) : beginning.test(text);
  const found = foreign.find(({ beginnings }) => beginnings.some(begins));
  if (found !== undefined) throw new UserError(`${path} ${found.what}.`, found.action);
  if (endsAsTable(tail)) {
    throw new UserError(
      `${path} is a checkpoint of the old V1 format, which has no .index file.`,
      'Restore it in TensorFlow and save it again with tf.train.Saver(write_version=2).',
    );
  }
}
