// Which tests are meant by a name: `npm test -- --name TEXT`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

/** A text as a search that does not mind capitals: a regular expression where it is one, else the text itself. */
export function searchFor(name) {
  try {
    return new RegExp(name, 'i');
  } catch {
    return new RegExp(name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
}

/** The test files of a tier, relative to the checkout, with `/`. */
function sourcesOf(tier) {
  const folder = join(root, 'test', tier);
  return (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => `test/${tier}/${name.replaceAll('\\', '/')}`);
}

/**
 * The test files of these tiers whose path is the name, or else like it; where there is none, those that have it in their
 * text, and `pattern`, by which the titles of tests are chosen in them.
 */
export function namedTests(tiers, name) {
  const all = tiers.flatMap(sourcesOf);
  const path = name.replaceAll('\\', '/');
  if (all.includes(path)) return { sources: [path] };
  const search = searchFor(name);
  const byPath = all.filter((source) => search.test(source));
  if (byPath.length > 0) return { sources: byPath };
  return { sources: all.filter((source) => search.test(readFileSync(join(root, source), 'utf8'))), pattern: search };
}
