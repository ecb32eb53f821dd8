// Words of a command line that name Python and its scripts.

/** A word that names a Python interpreter: `python`, `/usr/bin/python3.6`, `py.exe`. */
const interpreter = /(?:^|[/\\])(?:python\d*(?:\.\d+)*|py)(?:\.exe)?$/i;

export function isPython(word: string): boolean {
  return interpreter.test(word);
}

/** The script that a word names, by path or as a module; undefined for any other word. */
export function scriptOf(word: string, previous?: string): string | undefined {
  if (previous === '-m') return word.split('.').at(-1);
  return /(?:^|[/\\])([\w-]+)\.py$/i.exec(word)?.[1];
}

/** Where the words of a command name a script, and its arguments; undefined where they name none. */
export function findScript(words: readonly string[]): { index: number; script: string; args: string[] } | undefined {
  for (const [index, word] of words.entries()) {
    const script = scriptOf(word, words[index - 1]);
    if (script !== undefined) return { index, script, args: words.slice(index + 1) };
  }
  return undefined;
}
