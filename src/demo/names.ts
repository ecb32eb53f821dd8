const given = (
  'Ada Bruno Clara Dario Edith Felix Greta Hugo Ida Jonas Karla Leo Mira Nils Olga Paul Quinn Rosa Simon Thea Ugo Vera ' +
  'Willem Xenia Yann Zoe Anton Berta Cyril Dora Emil Flora Gustav Hanna Ivan Jule Kai Lotte Marek Nora'
).split(' ');
const family = (
  'Abendroth Birkensee Calloway Dornfeld Eastlake Fernhill Grauberg Hollis Iversund Jarrow Kestner Lindqvale Moorland ' +
  'Nordhaven Oakridge Pellworm Quillmere Rosenau Silverton Tannwald Umbermoor Vantage Westergaard Yarrowby Zellbach'
).split(' ');

/** Folder name of person `index`: invented, the same for every seed, different for the first thousand people. */
export function nameOf(index: number): string {
  const round = Math.floor(index / given.length);
  const name = `${given[index % given.length]!}_${family[(index + round) % family.length]!}`;
  const repeat = Math.floor(index / (given.length * family.length));
  return repeat === 0 ? name : `${name}_${repeat + 1}`;
}
