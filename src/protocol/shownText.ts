// Names of people, folders, files, runs and tensors come from others and may hold anything. What of them would act, where
// they are shown, is shown as what it is: \u001b begins a terminal's command, \u202e turns the rest of a line around.

/** Longer names are shown by their beginning and their end. */
const longestName = 300;

/**
 * Control characters (line breaks and tabs are left for who can show them), what changes the direction of text, breaks
 * lines or is not seen at all, and halves of characters. Joiners are kept: words of many languages need them.
 */
const acting =
  // eslint-disable-next-line no-control-regex -- what is looked for
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** As JSON writes it, so that JSON in which it is replaced says the same as before. */
function escaped(characters: string): string {
  return characters.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of one or more lines that does nothing but be read, wherever text is shown as text. */
export function shownText(text: string): string {
  return text.replace(acting, escaped);
}

/** The same on one line. */
export function shownLine(text: string): string {
  return shownText(text).replace(/\n/g, '\\n');
}

/** A name: on one line and of at most about `longest` characters, as its beginning and its end. */
export function shownName(name: string, longest = longestName): string {
  const line = shownLine(name);
  if (line.length <= longest) return line;
  const characters = Array.from(line);
  const half = Math.floor(longest / 2);
  return [...characters.slice(0, half), '…', ...characters.slice(-half)].join('');
}
