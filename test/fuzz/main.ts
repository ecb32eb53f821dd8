// One reader's damaged files in a process of its own, started by scripts/fuzz.mjs: its name, then the options of a campaign.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCampaign } from './campaign';
import { foreignReaders } from './readers';

const [name, seed, from, mutations] = process.argv.slice(2) as [string, string, string, string];
if (name === '--list') process.send!(foreignReaders.map((reader) => reader.name));
else {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-fuzz-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const reader = foreignReaders.find((one) => one.name === name)!;
  void runCampaign(reader, { seed, from: Number(from), mutations: Number(mutations), folder }).then((result) =>
    process.send!(result, () => process.exit(0)),
  );
}
