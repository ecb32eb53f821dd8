// Datasets of any size: people whose images are hard links of a few faces.
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../src/image/encode';

/** File systems allow some 65,000 names of a file. */
const namesPerFile = 30_000;

/**
 * A folder of people, each with about as many faces of `edge` × `edge` pixels; links are not copied, so a million need
 * no room.
 * @returns the folder, to be removed by `remove`
 */
export async function linkedFaces(
  images: number,
  people: number,
  edge: number,
): Promise<{ root: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-scale-'));
  const root = join(folder, 'faces');
  let [person, before] = ['', -1];
  let source = '';
  for (let image = 0; image < images; image++) {
    if (image % namesPerFile === 0) {
      source = join(folder, `${image}.png`);
      const data = Uint8Array.from(
        { length: edge * edge * 3 },
        (_, value) => (value * 31 + image / namesPerFile) % 256,
      );
      writeFileSync(source, await encodePng({ width: edge, height: edge, data }));
    }
    const number = Math.floor((image * people) / images);
    if (number !== before) {
      [person, before] = [join(root, `person_${String(number).padStart(6, '0')}`), number];
      mkdirSync(person, { recursive: true });
    }
    linkSync(source, join(person, `image_${String(image).padStart(7, '0')}.png`));
  }
  return { root, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
