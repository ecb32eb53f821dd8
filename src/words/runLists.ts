// Which runs of a list are meant, and in which order: the same for the table of the window and for the terminal.
import type { RunKind, RunRow } from '../protocol/runRow';
import { kindInWords, stateInWords } from './runWords';

export interface RunFilter {
  /** All of them are in the texts of a row; `#tag` is one of its tags, whole. */
  words: string;
  /** With archived ones. */
  archived: boolean;
  /** Of this kind alone. */
  kind?: RunKind;
}

/** The rows that are meant, in their order. */
export function filterRuns(rows: readonly RunRow[], { words, archived, kind }: RunFilter): RunRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (row.archived && !archived) return false;
    if (kind !== undefined && row.kind !== kind) return false;
    if (wanted.length === 0) return true;
    const tags = row.tags.map((tag) => tag.toLowerCase());
    const texts = [row.name, row.id, kindInWords(row.kind), row.dataset, row.model, stateInWords(row.state), row.note];
    const text = [...texts, ...tags].join('\n').toLowerCase();
    return wanted.every((word) => (word.startsWith('#') ? tags.includes(word.slice(1)) : text.includes(word)));
  });
}

export type RunOrder =
  | 'name'
  | 'star'
  | 'kind'
  | 'dataset'
  | 'model'
  | 'state'
  | 'accuracy'
  | 'change'
  | 'validationRate'
  | 'steps'
  | 'duration'
  | 'started'
  | 'tags'
  | 'note';

type Key = string | number | undefined;

const keys: Readonly<Record<RunOrder, (row: RunRow) => Key>> = {
  name: ({ name }) => name,
  star: ({ star }) => Number(star),
  kind: ({ kind }) => kindInWords(kind),
  dataset: ({ dataset }) => dataset,
  model: ({ model }) => model,
  state: ({ state }) => stateInWords(state),
  accuracy: ({ accuracy }) => accuracy,
  change: ({ change }) => change?.size,
  validationRate: ({ validationRate }) => validationRate,
  steps: ({ steps }) => steps,
  duration: ({ seconds }) => seconds,
  started: ({ startedAt }) => Date.parse(startedAt),
  tags: ({ tags }) => (tags.length === 0 ? undefined : tags.join(', ')),
  note: ({ note }) => note,
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * The rows in another order: texts from A, figures and times from the largest, as one looks for the best; `reversed` the
 * other way round. Rows without the value come last either way, the newest first among equals.
 */
export function sortRuns(rows: readonly RunRow[], order: RunOrder, reversed = false): RunRow[] {
  const keyOf = keys[order];
  const sign = reversed ? -1 : 1;
  const compared = (a: Key, b: Key): number => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    const forth = typeof a === 'string' && typeof b === 'string' ? collator.compare(a, b) : Number(b) - Number(a);
    return sign * forth;
  };
  return [...rows].sort(
    (a, b) => compared(keyOf(a), keyOf(b)) || (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0),
  );
}
