import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { LookPool } from '../../../src/dataset/looks/lookPool';
import type { Question } from '../../../src/dataset/looks/lookAt';
import { UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

/** What no system looks at, by question. */
async function oddFiles(): Promise<Record<'stamps' | 'keys' | 'longestEdge', string>> {
  const folder = join(temporaryFolder(), 'folder');
  await mkdir(folder);
  const noName = join(folder, 'a\0.png');
  // The system does not name what it was reading.
  return { stamps: noName, keys: noName, longestEdge: folder };
}

for (const [where, files] of [
  ['on this thread', 1],
  ['on another thread', 1000],
] as const) {
  test(`a file that cannot be looked at is named, ${where}`, async () => {
    const pool = LookPool.open(files);
    try {
      for (const [question, path] of Object.entries(await oddFiles()))
        await assert.rejects(pool.ask(question as Question, [path]), (error: unknown) => {
          assert.ok(error instanceof UserError, `${question}: ${String(error)}`);
          assert.ok(error.message.startsWith(`${path} cannot be looked at (`), error.message);
          return true;
        });
    } finally {
      await pool.close();
    }
  });
}
