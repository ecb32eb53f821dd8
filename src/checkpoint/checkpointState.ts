// The text file `checkpoint` that names the checkpoints of a folder (checkpoint-formats §4).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';

export interface CheckpointState {
  /** Prefix of the newest checkpoint as written: absolute, or relative to the folder. */
  latest: string | undefined;
  /** All that are kept, oldest first. */
  all: string[];
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** C escapes as protocol buffers' text format uses them; bytes beyond ASCII are octal escapes of UTF-8. */
function unescape(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g, (_, octal, hex, character) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal as string, 8) & 0xff);
    if (hex !== undefined) return String.fromCharCode(parseInt(hex as string, 16));
    return escapes[character as string] ?? (character as string);
  });
  return Buffer.from(plain, 'latin1').toString('utf8');
}

function escape(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');
}

/** Reads the text leniently: unknown lines are skipped. */
export function parseCheckpointState(text: string): CheckpointState {
  const state: CheckpointState = { latest: undefined, all: [] };
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*(\w+)\s*:\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(line) ?? [];
    if (key === 'model_checkpoint_path') state.latest = unescape(value!);
    if (key === 'all_model_checkpoint_paths') state.all.push(unescape(value!));
  }
  return state;
}

/** The state file of a folder; undefined where there is none. */
export async function readCheckpointState(directory: string): Promise<CheckpointState | undefined> {
  const text = await readFile(join(directory, 'checkpoint'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseCheckpointState(text);
}

/** Writes the state file: `prefixes` oldest first, as they shall stand in it; the last is the newest. */
export async function writeCheckpointState(directory: string, prefixes: readonly string[]): Promise<void> {
  const latest = prefixes.at(-1);
  if (latest === undefined) throw new Error('a checkpoint state names at least one checkpoint');
  const lines = [
    `model_checkpoint_path: "${escape(latest)}"`,
    ...prefixes.map((prefix) => `all_model_checkpoint_paths: "${escape(prefix)}"`),
  ];
  await writeFileAtomic(join(directory, 'checkpoint'), lines.join('\n') + '\n');
}
