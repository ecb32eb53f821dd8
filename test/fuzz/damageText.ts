// Damage to texts: of their bytes, of their lines and numbers, and of the values that JSON holds.
import { damageBytes, type Damage } from './damage';
import type { NamedRandom } from './random';

const hostileWords = [
  ...['', '0', '-1', '-0', '1e308', '1e999', '-1e999', '0.5', '4294967296', '9007199254740993', '99999999999999999999'],
  ...[
    'NaN',
    'Infinity',
    'null',
    'true',
    '{}',
    '[]',
    '""',
    '../../../../etc/passwd',
    '..',
    '/',
    '\\\\host\\share',
    'C:\\x',
  ],
  ...[
    '\0',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\x1b[31m',
    '<script>',
    '%s',
    '__proto__',
    'constructor',
    ':',
    '#',
    '\t',
    '"',
  ],
  ...['x'.repeat(3000), '['.repeat(2000), '{"a":'.repeat(1000), '\\'.repeat(501), '9'.repeat(400), ' '.repeat(2000)],
];

/** Lines taken out, moved, repeated; words and numbers replaced. */
const damageLines: Damage = (bytes, random) => {
  const lines = bytes.toString('utf8').split('\n');
  const at = random.below(lines.length);
  switch (random.below(5)) {
    case 0:
      lines.splice(at, 1 + random.below(3));
      break;
    case 1:
      lines.splice(at, 0, ...Array.from({ length: 1 + random.below(100) }, () => random.pick(lines)));
      break;
    case 2:
      lines[at] = random.pick(hostileWords);
      break;
    default: {
      const words = lines[at]!.split(/(\d+\.?\d*|\w+)/);
      words[random.below(words.length)] = random.pick(hostileWords);
      lines[at] = words.join('');
    }
  }
  return Buffer.from(lines.join('\n'));
};

/** Half of the damage understands lines, half does not. */
export const damageText: Damage = (bytes, random) => (random.chance(2) ? damageLines : damageBytes)(bytes, random);

const hostileValues: readonly unknown[] = [
  ...[null, true, '', 'x', '../..', 'x'.repeat(3000), 0, -1, 0.5, 1e308, 2 ** 53, 4294967296, -2147483649],
  ...[[], {}, [[]], [null], { length: 1e9 }, Array.from({ length: 3000 }, () => 1)],
];

/** The same value with one place of it changed: removed, replaced, repeated, or taken from elsewhere. */
function damageValue(value: unknown, random: NamedRandom, whole: unknown): unknown {
  const isNested = typeof value === 'object' && value !== null;
  const keys = isNested ? Object.keys(value) : [];
  if (keys.length === 0 || random.chance(6)) return random.pick([...hostileValues, whole]);
  const key = random.pick(keys);
  if (Array.isArray(value)) {
    const index = Number(key);
    const items: readonly unknown[] = value;
    if (random.chance(5)) return items.toSpliced(index, 1 + random.below(3));
    if (random.chance(5)) return [...items, ...items.slice(0, 200)];
    return items.with(index, damageValue(items[index], random, whole));
  }
  const entries = value as Record<string, unknown>;
  if (random.chance(4)) return Object.fromEntries(Object.entries(entries).filter(([name]) => name !== key));
  if (random.chance(10)) return { ...entries, [random.pick(['__proto__', 'extra', ''])]: random.pick(hostileValues) };
  return { ...entries, [key]: damageValue(entries[key], random, whole) };
}

/** JSON (of JSON lines one line) with a value changed, or damaged as a text. */
export const damageJson: Damage = (bytes, random) => {
  if (random.chance(3)) return damageText(bytes, random);
  // What stands before the first value is a comment.
  const lines = bytes
    .toString('utf8')
    .trim()
    .split(/\n(?=\{)/)
    .filter((line) => /^[[{]/.test(line));
  const at = random.below(lines.length);
  const value: unknown = JSON.parse(lines[at]!);
  lines[at] = JSON.stringify(damageValue(value, random, value)) ?? 'null';
  return Buffer.from(lines.join('\n'));
};
