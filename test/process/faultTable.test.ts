// docs/faults.md promises a test for each fault; this holds that it is there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installationRoot } from '../../src/engine/installation';

/** Cells of a line of a table, without those of its head and its rule. */
function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|') || /^\|\s*(-|fault\b)/.test(line)) return undefined;
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('each fault of the table says what one sees, what is lost, and names a test that is there', () => {
  const text = readFileSync(join(installationRoot(), 'docs', 'faults.md'), 'utf8');
  const rows = text.split('\n').flatMap((line) => {
    const cells = cellsOf(line);
    return cells === undefined ? [] : [cells];
  });
  assert.ok(rows.length > 15, `${rows.length} rows`);
  for (const cells of rows) {
    const row = cells[0];
    assert.equal(cells.length, 4, row);
    for (const cell of cells) assert.notEqual(cell, '', row);
    const named = [...cells[3]!.matchAll(/`([^`]+)`: ([^;]+)/g)];
    assert.ok(named.length > 0, `${row} names no test`);
    for (const [, file, title] of named) {
      const path = join(installationRoot(), 'test', file!);
      assert.ok(existsSync(path), `${row}: there is no ${file}`);
      assert.ok(readFileSync(path, 'utf8').includes(title!.trim()), `${row}: ${file} has no test "${title}"`);
    }
  }
});
