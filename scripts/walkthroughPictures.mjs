// Writes the pictures of the walkthrough to media/walkthrough: what a cut is, by people that are drawn.
// `node scripts/walkthroughPictures.mjs`, after a build.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const media = join(root, 'media', 'walkthrough');
const [edge, gap] = [150, 16];
const facenet = (...words) =>
  execFileSync(process.execPath, [join(root, 'dist', 'cli.cjs'), ...words], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Rows of pictures, each with a mark before it: a tick for what is right, a cross for what is not. */
async function board(name, rows) {
  const width = 56 + Math.max(...rows.map(({ pictures }) => pictures.length)) * (edge + gap);
  const height = rows.length * (edge + gap) + gap;
  const layers = [];
  for (const [row, { mark, pictures }] of rows.entries()) {
    const top = gap + row * (edge + gap);
    const sign =
      mark === 'right'
        ? '<path d="M8 24 20 36 40 8" stroke="#2ea043"/>'
        : mark === 'wrong'
          ? '<path d="M8 8 40 40M40 8 8 40" stroke="#d1242f"/>'
          : '';
    const svg = `<svg width="48" height="48" fill="none" stroke-width="6" xmlns="http://www.w3.org/2000/svg">${sign}</svg>`;
    layers.push({ input: Buffer.from(svg), left: 4, top: top + (edge - 48) / 2 });
    for (const [column, picture] of pictures.entries()) {
      const input = await sharp(picture).resize(edge, edge, { fit: 'cover' }).toBuffer();
      layers.push({ input, left: 56 + column * (edge + gap), top });
    }
  }
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  await sharp({ create: { width, height, channels: 4, background } })
    .composite(layers)
    .png({ palette: true, quality: 80, effort: 10 })
    .toFile(join(media, `${name}.png`));
}

const folder = mkdtempSync(join(tmpdir(), 'facenet-walkthrough-'));
try {
  const drawn = join(folder, 'demo');
  facenet('demo', '--draw_only', '--people', '6', '--photographs', '4', '--output_dir', drawn);
  const photographs = join(drawn, 'photos', 'train');
  const cut = ['--detector', 'starter', '--alignment', 'landmarks', '--image_size', String(edge), '--margin', '0'];
  facenet('align', photographs, join(folder, 'faces'), ...cut);
  const people = readdirSync(photographs).slice(0, 3);
  const of = (base, extension, person, number) =>
    join(base, person, `${person}_${String(number).padStart(4, '0')}.${extension}`);
  const extension = readdirSync(join(photographs, people[0]))[0].split('.').at(-1);
  const photo = (person, number) => of(photographs, extension, person, number);
  const face = (person, number) => of(join(folder, 'faces'), 'png', person, number);
  // A face cut out by hand, each at another place and size, is what a model was not made for.
  const askew = async (path, index) => {
    const { width, height } = await sharp(path).metadata();
    const side = Math.round(Math.min(width, height) * [0.45, 0.9, 0.3][index]);
    const left = Math.round((width - side) * [0.2, 0.9, 0.55][index]);
    const top = Math.round((height - side) * [0.1, 0.5, 0.2][index]);
    return sharp(path).extract({ left, top, width: side, height: side }).toBuffer();
  };
  await board(
    'dataset',
    people.map((person) => ({ pictures: [1, 2, 3, 4].map((number) => photo(person, number)) })),
  );
  await board('cuts', [
    { pictures: people.map((person) => photo(person, 1)) },
    { mark: 'right', pictures: people.map((person) => face(person, 1)) },
    {
      mark: 'wrong',
      pictures: await Promise.all(people.map(async (person, index) => askew(photo(person, 1), index))),
    },
  ]);
  await board('pairs', [
    { mark: 'right', pictures: [face(people[0], 1), face(people[0], 3)] },
    { mark: 'wrong', pictures: [face(people[1], 1), face(people[2], 2)] },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
