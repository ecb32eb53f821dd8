// A worker listens at its control socket and nowhere else: what the kernel says of a real training.
import assert from 'node:assert/strict';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { trainRequestSchema } from '../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../src/run/runFolder';
import { stopRun } from '../../src/worker/stopRun';
import { promised, within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';

/** Sockets that the process has open, by their numbers. */
function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return []; // Closed meanwhile.
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/** Those of them that are of one of the kernel's tables; `inode` is the column that has a socket's number. */
function listed(pid: number, table: string, inode: number): string[] {
  const own = socketsOf(pid);
  const rows = readFileSync(`/proc/${pid}/net/${table}`, 'latin1').trimEnd().split('\n').slice(1);
  return rows.filter((row) => own.has(row.trim().split(/\s+/)[inode]!));
}

describe('sockets of a worker', { timeout: within(120_000) }, () => {
  test(
    'a training has its control socket, mode 0600, and none of the network',
    { skip: process.platform !== 'linux' && 'sockets are read in /proc' },
    async () => {
      const workspace = await temporaryWorkspace();
      const dataDir = join(workspace.path, 'faces');
      await writeNoiseFaces(dataDir, { people: 3, images: 4, size: 150 });
      const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 100_000, learningRate: 0.01 }];
      const config = { dataDir, pretrainedModel: 'starter', phases, batchSize: 8, engine: 'wasm' };
      const request = trainRequestSchema.parse({ kind: 'train', config });
      const run = await createRunFolder(runsDirectory(workspace.path), request, 'sockets');
      startWorkerAlone(run);
      const trains = async (): Promise<boolean> => (await run.readEvents()).some(({ type }) => type === 'step');
      await until('it trains', trains);

      const { worker } = await run.reload();
      const { pid } = worker!.job!;
      for (const table of ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6']) {
        for (const one of [pid, worker!.pid])
          assert.deepEqual(listed(one, table, 9), [], `no socket in /proc/net/${table}`);
      }
      assert.equal(lstatSync(worker!.endpoint!).mode & 0o777, 0o600);
      // Columns of /proc/net/unix: flags 00010000 mean that it listens.
      const listening = listed(pid, 'unix', 6).filter((row) => row.trim().split(/\s+/)[3] === '00010000');
      assert.deepEqual(
        listening.map((row) => row.trim().split(/\s+/)[7]),
        [worker!.endpoint],
      );
      const { state } = await stopRun(run.path, { graceSeconds: promised(10_000) / 1000 });
      assert.equal(state, 'stopped');
      await workspace.dispose();
    },
  );
});
