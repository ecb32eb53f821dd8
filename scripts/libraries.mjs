// Large libraries are files of their own in dist/libraries/, which every program shares and loads when it comes to need
// them. V8 looks through the whole of a file before it runs its first line, so that a library inside a program delays all
// that do without it: `facenet inspect` and the activation of the extension.

/** File of each library by the name that it is imported by. */
const files = {
  '@tensorflow/tfjs-backend-wasm': 'tfjs-backend-wasm',
  '@tensorflow/tfjs-core': 'tfjs-core',
  '@tensorflow/tfjs-core/dist/register_all_gradients': 'tfjs-gradients',
  undici: 'undici',
  'vscode-jsonrpc/node': 'vscode-jsonrpc',
  zod: 'zod',
};

/** What esbuild is to build into dist/libraries/: the library of each file. */
export const libraryEntries = Object.fromEntries(Object.entries(files).map(([library, file]) => [file, library]));

/**
 * A plugin of esbuild that leaves the libraries out of a program.
 *
 * @param {string} folder of the libraries, as the program's file finds it
 */
export function librariesIn(folder) {
  return {
    name: 'libraries',
    setup(build) {
      build.onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
        if (files[path] === undefined || kind === 'entry-point') return undefined;
        // Of a file that `import()` loads, Node guesses the names that it exports, for undici in vain; esbuild's own
        // `import()`, of a module inside the program, takes them from what `require` returns.
        if (kind === 'dynamic-import') return { path, namespace: 'library' };
        return { path: `${folder}/${files[path]}.cjs`, external: true };
      });
      build.onLoad({ filter: /^/, namespace: 'library' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
    },
  };
}
