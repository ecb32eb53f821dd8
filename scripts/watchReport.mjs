// What `npm run watch` prints: one line when a build begins and one when all programs are built, by which an editor knows
// that it may start them, and a line for each error, by which it finds the place (.vscode/tasks.json).

const plural = (count, thing) => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** One for all programs that are watched together. */
export class WatchReport {
  #building = new Set();
  #errors = new Map();
  #awaited;
  #began = 0;

  /** @param {readonly string[]} names of the programs */
  constructor(names) {
    this.#awaited = new Set(names);
  }

  /** The plugin of esbuild that reports on the program of this name. */
  plugin(name) {
    return {
      name: 'watch-report',
      setup: (build) => {
        build.onStart(() => this.#begin(name));
        build.onEnd(({ errors }) => this.#end(name, errors));
      },
    };
  }

  #begin(name) {
    // The first builds begin one after the other: until all have ended they are one.
    if (this.#building.size === 0 && (this.#began === 0 || this.#awaited.size === 0)) {
      this.#began = performance.now();
      console.log('watch: building');
    }
    this.#building.add(name);
  }

  #end(name, errors) {
    this.#building.delete(name);
    this.#awaited.delete(name);
    this.#errors.set(name, errors);
    if (this.#building.size > 0 || this.#awaited.size > 0) return;
    const found = new Set([...this.#errors.values()].flat().map(lineOf));
    for (const line of found) console.log(line);
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1);
    console.log(`watch: ${found.size === 0 ? 'built' : plural(found.size, 'error')} in ${seconds} s`);
  }
}

/** `file:line:column: error: text`, lines and columns from 1. */
function lineOf({ text, location }) {
  const place = location === null ? '' : `${location.file}:${location.line}:${location.column + 1}: `;
  return `${place}error: ${text}`;
}
