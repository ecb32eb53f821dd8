// A command line as it stands in a terminal's history, taken apart without running any of it.
import { type ParseEntry, parse } from 'shell-quote';
import { UserError } from '../../protocol/errors';

/** One command of a line with what the shell around it would have done. */
export interface ShellCommand {
  /** Words after quotes and variables were resolved. */
  words: string[];
  /** What the shell would have done besides, as written: `2>&1`, `| tee log`, `&`. */
  around: string[];
}

/** History numbers and the prompts of sh, zsh, cmd and PowerShell, with an environment's name before them. */
const prompt =
  /^\s*(?:\d+\s+)?(?:(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[^\s$#%]+(?:\s+[^\s$#%]+)?\s?)?[$#%>❯]\s+|(?:PS )?[A-Za-z]:\\[^>\n]*>\s*)?/;

/**
 * What must be looked at before the words are: quoted text, line ends with the character that continues them, escaped
 * characters, numbers of redirected streams, and quotes that nothing closes.
 */
const pieces = {
  posix: /'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\\r?\n(?:> )?|\\[ \t]+(?=-)|\\[\s\S]|\r?\n|(?<=\s)\d(?=[<>])|["']/g,
  windows: /'[^']*'|"[^"]*"|[\^`]\r?\n|\r?\n|(?<=\s)\d(?=[<>])|["']/g,
};

/** Whether its paths are written with backslashes, which a POSIX shell would take for escapes. */
function isWindows(text: string): boolean {
  return /(?:^|[\s"'])[A-Za-z]:\\\w|\w\\\w+\.py\b/.test(text);
}

/**
 * One line without prompt: continued lines joined (also where a text field has taken the line end away), separate
 * commands parted by `;`, lines that begin with a flag taken as going on. The numbers of redirected streams are left
 * out, since no word of the command are they.
 * @throws UserError for a quote that is not closed
 */
export function oneLine(text: string): string {
  const pattern = isWindows(text) ? pieces.windows : pieces.posix;
  const joined = text.replace(prompt, '').replace(pattern, (piece, offset: number, whole: string) => {
    if (piece === '"' || piece === "'") {
      throw new UserError(`The command line has a ${piece} that is not closed.`, 'Copy it whole.');
    }
    if (/^["']/.test(piece)) return piece;
    if (/^\d$/.test(piece)) return '';
    if (/^\r?\n$/.test(piece)) return /^\s*-/.test(whole.slice(offset + piece.length)) ? ' ' : ' ; ';
    return /^.\r?\n|^\\[ \t]/.test(piece) ? ' ' : piece;
  });
  return joined.replace(/(?:\s+;)*\s*$/, '').trimStart();
}

/** Operators after which a file's name comes. */
const redirections = new Set(['>', '>>', '<', '>&', '&>', '&>>', '>|', '<&', '<>']);
const separators = new Set([';', '&&', '||', '|', '|&', '&']);

/**
 * The commands of a line, in their order. Variables of the environment are put in; one that is not set is kept as it is
 * written and told to `onUnknown`.
 * @throws UserError for a quote that is not closed, for a `${` without a name, and for command substitution, which would
 *   have to be run
 */
export function splitShellLine(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  onUnknown: (variable: string) => void = () => undefined,
): ShellCommand[] {
  const line = oneLine(text);
  const variable = (name: string): string => {
    if (name === '') return '$';
    const value = environment[name];
    if (value === undefined) onUnknown(name);
    return value ?? `$${name}`;
  };
  const entries = parsed(line, variable, isWindows(text));
  const commands: ShellCommand[] = [{ words: [], around: [] }];
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    const command = commands.at(-1)!;
    if (typeof entry === 'string') {
      if (entry.includes('`')) throw substitution('`…`');
      command.words.push(entry);
    } else if ('comment' in entry) {
      command.around.push(`#${entry.comment}`);
    } else if (entry.op === 'glob') {
      command.words.push(entry.pattern);
    } else if (redirections.has(entry.op)) {
      command.around.push(`${entry.op} ${written(entries[++index])}`.trim());
    } else if (separators.has(entry.op)) {
      command.around.push(entry.op);
      commands.push({ words: [], around: [] });
    } else {
      throw substitution(entry.op === '(' ? '$(…)' : entry.op);
    }
  }
  return commands.filter(({ words }) => words.length > 0);
}

function parsed(line: string, variable: (name: string) => string, windows: boolean): ParseEntry[] {
  try {
    return parse(line, variable, windows ? { escape: '^' } : undefined);
  } catch (cause) {
    // shell-quote throws for a `${` that nothing closes or that holds no name.
    throw new UserError('The command line has a ${…} that names no variable.', 'Write its value in its place.', {
      cause,
    });
  }
}

function written(entry: ParseEntry | undefined): string {
  if (entry === undefined || typeof entry === 'string') return entry ?? '';
  return 'pattern' in entry ? entry.pattern : '';
}

function substitution(found: string): UserError {
  return new UserError(
    `The command line has a part that a shell would have to run (${found}).`,
    'Write what it gives in its place.',
  );
}
