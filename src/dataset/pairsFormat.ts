// What the lines of a pairs file say (spec §7.2); which files they mean is another matter.

/** One image of a person as pairs.txt names it: `<name>/<name>_<4-digit number>`. */
export interface PairedImage {
  name: string;
  number: number;
}

export interface PairLine {
  a: PairedImage;
  b: PairedImage;
  /** Whether the line claims that both are one person. */
  same: boolean;
  /** As in the file, trimmed. */
  line: string;
  /** From 1. */
  lineNumber: number;
}

export interface ParsedPairs {
  pairs: PairLine[];
  /** From the header, when there is one. */
  folds?: number;
  /** Lines that are neither a pair nor blank. */
  malformed: { line: string; lineNumber: number; reason: string }[];
}

/** Path of a paired image below its folder, without an extension. */
export function relativeStem({ name, number }: PairedImage): string {
  return `${name}/${name}_${String(number).padStart(4, '0')}`;
}

function parseNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parseLine(fields: readonly string[]): Pick<PairLine, 'a' | 'b' | 'same'> | string {
  const [name, first, ...rest] = fields;
  if (fields.length < 3 || fields.length > 4) {
    return `it has ${fields.length} fields; a pair has 3 (name, number, number) or 4 (name, number, name, number)`;
  }
  const otherName = rest.length === 2 ? rest[0]! : name!;
  const [number, otherNumber] = [parseNumber(first!), parseNumber(rest.at(-1)!)];
  if (number === undefined || otherNumber === undefined) return 'an image number is not a number';
  return { a: { name: name!, number }, b: { name: otherName, number: otherNumber }, same: rest.length === 1 };
}

/**
 * Reads a pairs file: three fields are the same person, four are two people. A first line of one or two numbers is the
 * header (the reference skips the first line whatever it says). Fields are separated by tabs, or by any blanks where a
 * line has no tab, so that names with blanks can be written.
 */
export function parsePairs(text: string): ParsedPairs {
  const parsed: ParsedPairs = { pairs: [], malformed: [] };
  text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .forEach((raw, index) => {
      const line = raw.trim();
      const lineNumber = index + 1;
      if (line === '') return;
      const fields = line.split(line.includes('\t') ? /\s*\t\s*/ : /\s+/);
      if (lineNumber === 1 && fields.length <= 2 && fields.every((field) => parseNumber(field) !== undefined)) {
        parsed.folds = Number(fields[0]);
        return;
      }
      const pair = parseLine(fields);
      if (typeof pair === 'string') parsed.malformed.push({ line, lineNumber, reason: pair });
      else parsed.pairs.push({ ...pair, line, lineNumber });
    });
  return parsed;
}
