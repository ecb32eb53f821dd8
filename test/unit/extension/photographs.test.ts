import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { photographOf, photographsOf } from '../../../extension/lfw/photographs';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('the photograph of a face', () => {
  const photographs = join(temporaryFolder(), 'photos');

  test('is the file of its name, of whatever kind, and of the name before the number of a face', async () => {
    await mkdir(join(photographs, 'Ada'), { recursive: true });
    for (const name of ['IMG_1.HEIC', 'b_0.jpg', 'b.jpeg']) await writeFile(join(photographs, 'Ada', name), '');
    const found = async (face: string): Promise<string | undefined> => photographOf(photographs, face);
    assert.equal(await found('Ada/IMG_1.png'), join(photographs, 'Ada', 'IMG_1.HEIC'));
    assert.equal(await found('Ada/b_0.png'), join(photographs, 'Ada', 'b_0.jpg'));
    assert.equal(await found('Ada/b_1.png'), join(photographs, 'Ada', 'b.jpeg'));
    assert.equal(await found('Ada/c.png'), undefined);
    assert.equal(await found('Eve/b.png'), undefined);
  });

  test('is never looked for outside of the folder of the photographs', async () => {
    await writeFile(join(photographs, '..', 'secret.jpg'), '');
    assert.equal(await photographOf(photographs, '../secret.png'), undefined);
  });

  test('lies where the aligned folder says that its photographs do; one that says nothing, or nonsense, has none', async () => {
    const aligned = temporaryFolder();
    assert.equal(await photographsOf(aligned), undefined);
    const record = { version: 1, detector: 'starter', alignment: 'landmarks', imageSize: 150, margin: 0 };
    const rest = { detectMultipleFaces: false, source: '/photos', createdAt: '2026-03-02T09:00:00.000Z' };
    await writeFile(join(aligned, 'alignment.json'), JSON.stringify({ ...record, ...rest }));
    assert.equal(await photographsOf(aligned), '/photos');
    await writeFile(join(aligned, 'alignment.json'), '{');
    assert.equal(await photographsOf(aligned), undefined);
  });
});
