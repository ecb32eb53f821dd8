// What nothing needs, found by `npm run dead`, which asks twice: with the tests, what nothing imports; without them, what
// only tests still keep alive.

/** @param {{ production?: boolean }} options */
export default function config({ production = false }) {
  return {
    // Beside the entries of esbuild.config.mjs, which knip finds itself. A `!` marks what ships.
    entry: [
      // Read by scripts/schema.mjs through a build of its own.
      'src/protocol/runConfiguration.ts!',
      // Each page is a script of its own (scripts/pageEntries.mjs).
      'webview/*/page.ts!',
      'scripts/*.mjs',
      'bench/*.ts',
      // Built by scripts/fuzz.mjs and scripts/soak.mjs.
      'test/fuzz/main.ts',
      'bench/soak/*.ts',
      'test/{unit,golden,fuzz,process}/**/*.test.ts',
      'test/integration/suite/*.test.ts',
      'test/integration/{index.ts,run.mjs,desktop.mjs}',
      'test/e2e/{run,pages,host/setup}.mjs',
      // Built by test/interop/run.py and by test/e2e/pages/pageServer.mjs.
      'test/interop/main.ts',
      'test/fixtures/webview/{harness,index}.ts',
    ],
    project: ['{src,extension,webview}/**/*.ts!', '{test,bench,scripts}/**/*.{ts,mjs}', '*.mjs'],
    // A type may be named beside the function that answers with it. A value is exported for others: with the tests counted,
    // somebody has to import it; without them, that its own file uses it is enough, for tests look at inner parts.
    ignoreExportsUsedInFile: production ? true : { interface: true, type: true },
    // Of the system.
    ignoreBinaries: ['script', 'mount', 'umount'],
  };
}
