import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { within } from '../fixtures/deadlines.mjs';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { runCampaign } from './campaign';
import type { ForeignReader } from './foreignReader';

const mutations = 2000;

/** A test for each reader: so many damaged files, the same on every machine. */
export function fuzzTests(readers: readonly ForeignReader[]): void {
  const root = temporaryFolder();
  readers.forEach((reader, index) => {
    test(
      `${reader.name}: ${mutations} damaged files end in a sentence or are read`,
      { timeout: within(120_000) },
      async () => {
        const folder = join(root, String(index));
        mkdirSync(folder);
        const { broken, read, refused } = await runCampaign(reader, { mutations, seed: 'tests', folder });
        assert.deepEqual(broken, []);
        assert.equal(read + refused, mutations);
        if (reader.tells !== 'never' && reader.lenient !== true)
          assert.ok(refused > mutations / 10, `only ${refused} files were refused`);
      },
    );
  });
}
