/** Characters that a row of a list has room for in a window of 900 pixels, which none cuts off. */
const roomOfRow = 70;

/** A sentence in lines of a list's room, broken between words. */
export function wrap(sentence: string, room = roomOfRow): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
