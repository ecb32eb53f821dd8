// A person's own photographs for the newcomer's walk: people of LFW under the names that folders have at home, with the
// accidents that such folders hold.
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of so many photographs each there are enough to be drawn in pairs, and few enough for a walk of minutes. */
const fewest = 8;
const most = 12;

/** Names that break what takes paths apart by hand: blanks, quotes, other scripts, more than a column is wide. */
const names = {
  Laura_Bush: "Jürgen O'Neill-Müller von und zu Hohenlohe-Schillingsfürst 1867",
  Hugo_Chavez: '王小明 (50% off) #1',
  Jacques_Chirac: 'Zoë & "Bob"',
};

/** Why the photographs cannot be had here, or undefined. */
export function missingPhotos(root) {
  const images = imagesBeside(root);
  return existsSync(images) ? undefined : `there are no photographs in ${images}`;
}

function imagesBeside(root) {
  return join(root, '..', 'shared', 'data', 'lfw', 'images');
}

/** Under the names that a camera gives. */
function copyPerson(from, to, count) {
  mkdirSync(to, { recursive: true });
  const taken = readdirSync(from).filter((name) => name.endsWith('.jpg'));
  for (const [index, image] of taken.sort().slice(0, count).entries())
    cpSync(join(from, image), join(to, `IMG_${1307 + 3 * index}.jpg`));
}

/** Files among the photographs of one person that are none. */
export const accidents = ['IMG_9998.jpg', 'IMG_9999.jpg', 'list.txt'];

/** Names of the people with enough photographs, those with the most first. */
function peopleByCount(images) {
  return readdirSync(images, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, count: readdirSync(join(images, name)).length }))
    .filter(({ count }) => count >= fewest)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Writes twelve people with enough photographs each into a folder. */
export function layOutPeople(root, folder) {
  const images = imagesBeside(root);
  for (const name of peopleByCount(images).slice(0, 12))
    copyPerson(join(images, name), join(folder, names[name] ?? name), most);
}

/** Writes people to train on into `mine` and others to measure on into `others`. */
export function layOutPhotographs(root, { mine, others }) {
  const images = imagesBeside(root);
  layOutPeople(root, mine);
  for (const name of peopleByCount(images).slice(12, 20)) copyPerson(join(images, name), join(others, name), fewest);

  const person = join(mine, 'Tony_Blair');
  writeFileSync(join(mine, '.DS_Store'), 'Bud1');
  writeFileSync(join(mine, 'notes.txt'), 'Grandma is missing');
  writeFileSync(join(person, '.DS_Store'), 'Bud1');
  const [empty, page, list] = accidents;
  writeFileSync(join(person, empty), '');
  writeFileSync(join(person, page), '<html>404 Not Found</html>');
  writeFileSync(join(person, list), 'Tony at the lake');
}
