// Datasets of any size: people whose images are hard links of a few faces.
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../src/image/encode';

/** File systems allow some 65,000 names of a file. */
const namesPerFile = 30_000;

/**
 * A folder of people with faces of `edge` × `edge` pixels; links are not copied, so a million need no room.
 * @returns the folder, to be removed by `remove`
 */
export async function linkedFaces(
  images: number,
  imagesEach: number,
  edge: number,
): Promise<{ root: string; people: number; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-scale-'));
  const root = join(folder, 'faces');
  const people = Math.ceil(images / imagesEach);
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
    const person = join(root, `person_${String(Math.floor(image / imagesEach)).padStart(6, '0')}`);
    if (image % imagesEach === 0) mkdirSync(person, { recursive: true });
    linkSync(source, join(person, `image_${String(image % imagesEach).padStart(5, '0')}.png`));
  }
  return { root, people, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
