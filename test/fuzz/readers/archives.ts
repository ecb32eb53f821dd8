import { writeFileSync } from 'node:fs';
import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackZip } from '../../../src/download/unpackZip';
import { writeHdf5 } from '../../../src/files/hdf5';
import { Hdf5Thread } from '../../../src/files/hdf5Thread';
import { filterFileOfH5py } from '../../fixtures/filterFile';
import { zipArchive } from '../../fixtures/zipArchive';
import { damageBytes, type Damage } from '../damage';
import type { ForeignReader } from '../foreignReader';

const names = ['model/', 'model/m.index', 'model/m.data-00000-of-00001', 'm.meta'];
const hostileNames = [
  '../m.index',
  '/etc/m',
  '..\\m',
  'a/../../m',
  'C:\\m',
  'model/../../../m',
  'con:',
  '',
  '.',
  'm.meta/x',
];

/** An archive with hostile names, sizes and kinds of its entries, or with its bytes damaged. */
const damageArchive: Damage = (bytes, random) => {
  if (!random.chance(3)) return damageBytes(bytes, random);
  const entries = names.map((name) => ({
    name: random.chance(4) ? random.pick(hostileNames) : name,
    data: random.bytes(random.below(40)),
    ...(random.chance(6) && { claimedBytes: random.pick([0, 1, 2 ** 31, 2 ** 32 - 1]) }),
    ...(random.chance(6) && { mode: random.pick([0o120777, 0o020666, 0o104755]) }),
  }));
  return zipArchive(entries);
};

/** A file as ours, in HDF5's new format: its tables have checksums. */
async function statisticsFile(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-fuzz-'));
  try {
    const path = join(folder, 'stat.h5');
    const data = Float32Array.from({ length: 20 }, (_, i) => i / 7);
    await writeHdf5(path, { distance_to_center: { shape: [20], data }, label_list: { shape: [4, 5], data } });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const archiveReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'zip archive', tells: 'file', damage: damageArchive },
    files: async () => [
      zipArchive(names.map((name) => ({ name, data: Buffer.from(name.endsWith('/') ? '' : name.repeat(9)) }))),
    ],
    open: async (folder) => ({
      async read(bytes) {
        const [archive, into] = [join(folder, 'model.zip'), join(folder, 'into')];
        await rm(into, { recursive: true, force: true });
        writeFileSync(archive, bytes);
        const files = await unpackZip(archive, into, { maximumBytes: 1 << 20 });
        for (const file of files) await access(join(into, file));
        return readdir(into).catch(() => []);
      },
    }),
  },
  {
    ...{ name: 'HDF5 filter file', tells: 'file', damage: damageBytes },
    files: async () => [filterFileOfH5py(), await statisticsFile()],
    async open(folder) {
      // A file that makes the library go round in circles costs this much.
      const thread = new Hdf5Thread(() => 500);
      let files = 0;
      return {
        async read(bytes) {
          // The library knows a file again by its place on the disk, and would give what it has kept of the one before.
          const path = join(folder, `filter-${files++}.h5`);
          writeFileSync(path, bytes);
          return thread.read(path, ['distance_to_center', 'label_list', 'image_list']);
        },
        close: async () => thread.close(),
      };
    },
  },
];
