// Type-checked lint; it also holds the boundaries between the rooms of the house (npm run cycles: that none is a circle).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import eslint from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { localisedPageTexts, localisedTexts } from './scripts/localisedTexts.mjs';

/** Which folders of src/ a folder may import: arrows go along the flow of the data, never back. */
const arrows = {
  protocol: [],
  words: ['protocol'],
  // Of engine only where the built programs lie.
  files: ['engine/installation.ts', 'protocol'],
  threads: ['files', 'protocol'],
  series: ['protocol'],
  shard: ['files', 'protocol'],
  image: ['protocol'],
  dataset: ['image', 'shard', 'engine', 'threads', 'files', 'protocol'],
  network: ['protocol'],
  engine: ['network', 'protocol'],
  run: ['files', 'protocol'],
  mpi: ['protocol'],
  download: ['files', 'protocol'],
  checkpoint: ['engine', 'network', 'files', 'run', 'protocol'],
  align: ['image', 'dataset', 'shard', 'network', 'engine', 'checkpoint', 'download', 'files', 'run', 'protocol'],
  evaluate: ['dataset', 'files', 'run', 'words', 'protocol'],
  // Of engine only where the built programs lie.
  input: ['image', 'align', 'engine/installation.ts', 'threads', 'run', 'protocol'],
  recognize: [
    'image',
    'dataset',
    'shard',
    'network',
    'engine',
    'checkpoint',
    'evaluate',
    'input',
    'files',
    'run',
    'protocol',
  ],
  classify: ['dataset', 'evaluate', 'files', 'run', 'protocol'],
  cluster: ['dataset', 'protocol'],
  identify: [
    ...['image', 'dataset', 'align', 'engine', 'recognize', 'classify', 'cluster', 'evaluate', 'input', 'checkpoint'],
    ...['files', 'run', 'protocol'],
  ],
  export: [
    ...['recognize', 'evaluate', 'dataset', 'checkpoint', 'engine', 'network', 'download'],
    ...['files', 'run', 'words', 'protocol'],
  ],
  journal: ['evaluate', 'files', 'words', 'protocol'],
  'train/settings': ['network', 'checkpoint', 'files', 'protocol'],
  'train/heads': ['journal', 'network', 'protocol'],
  'train/data': [
    'train/settings',
    ...['dataset', 'network', 'engine', 'input', 'mpi', 'recognize', 'files', 'run', 'protocol'],
  ],
  'train/step': ['train/heads', 'journal', 'network', 'engine', 'input', 'mpi', 'protocol'],
  'train/plan': [
    ...['train/settings', 'train/heads', 'train/data', 'train/step'],
    ...['dataset', 'network', 'engine', 'checkpoint', 'input', 'recognize', 'run', 'protocol'],
  ],
  'train/loop': [
    ...['train/settings', 'train/heads', 'train/data', 'train/step', 'train/plan', 'journal', 'mpi'],
    ...['dataset', 'network', 'engine', 'checkpoint', 'evaluate', 'input', 'recognize', 'files', 'run', 'shard'],
    ...['words', 'protocol'],
  ],
  erase: [
    'dataset',
    'align',
    'checkpoint',
    'recognize',
    'classify',
    'identify',
    'train/data',
    'run',
    'files',
    'protocol',
  ],
  demo: ['dataset', 'files', 'protocol'],
  control: ['run', 'protocol'],
  watch: ['control', 'run', 'series', 'protocol'],
  jobs: [
    ...['control', 'demo', 'align', 'recognize', 'train', 'journal', 'input', 'checkpoint', 'network', 'engine'],
    ...['evaluate', 'dataset', 'classify', 'identify', 'files', 'run', 'shard', 'threads', 'words', 'protocol'],
  ],
  worker: ['jobs', 'train', 'mpi', 'control', 'engine', 'run', 'protocol'],
};

/** Of extension/, what every room may use: words, names, disposal. */
const basics = ['disposable.ts', 'identifiers.ts', 'counts.ts', 'properNames.ts', 'shown.ts', 'notices.ts'];
/** Of extension/, what every feature may use. */
const common = ['services.ts', 'commands', 'pages', 'inputs', 'pictures', 'jobs', 'workspace', ...basics];
/** The same for extension/, whose files at the top are rooms too: arrows go from the features to what all of them use. */
const extensionArrows = {
  ...Object.fromEntries(basics.map((file) => [file, []])),
  'notices.ts': ['identifiers.ts', 'shown.ts'],
  workspace: basics,
  jobs: ['workspace', ...basics],
  inputs: ['jobs', 'workspace', ...basics],
  pictures: ['jobs', ...basics],
  pages: basics,
  commands: basics,
  'services.ts': ['pages', 'pictures', 'jobs', 'workspace', 'notices.ts'],
  ...featuresWith({
    gallery: ['datasets'],
    runs: ['lfw', 'recognize'],
    fineTune: ['runs'],
    demo: ['lfw', 'runs'],
  }),
};

/** The other folders of extension/ are features; those that use another one are named with it. */
function featuresWith(others) {
  const folders = readdirSync(join(import.meta.dirname, 'extension'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory() && !common.includes(entry.name)).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, [...(others[name] ?? []), ...common]]));
}

const tensorLibraries = ['@tensorflow/*', 'onnxruntime-node'];
const zonesOf = (house, rooms) =>
  Object.entries(rooms).map(([room, allowed]) => ({
    target: `./${house}/${room}`,
    from: `./${house}`,
    except: [room, ...allowed].map((name) => `./${name}`),
    message: `${house}/${room} may import only ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}.`,
  }));
const zones = [...zonesOf('src', arrows), ...zonesOf('extension', extensionArrows)];
zones.push(
  {
    target: './src',
    from: ['./extension', './webview', './test', './bench'],
    message: 'src/ is plain Node and knows none of its hosts.',
  },
  { target: './src/worker', from: './src/cli', message: 'The worker does not know the terminal.' },
  {
    target: './webview',
    from: './src',
    // Pure numbers and words of a report that the page and the exported report must agree on, and of a run that the page
    // and its host must.
    except: [
      './protocol',
      './evaluate/operatingPoint.ts',
      './evaluate/axisFloor.ts',
      './evaluate/recipeRows.ts',
      './evaluate/reportNames.ts',
      './evaluate/pairChanges.ts',
      './evaluate/pairedInterval.ts',
      './evaluate/verdict.ts',
      './evaluate/nextSteps.ts',
      './words',
      './series/columnTable.ts',
      './series/runSeries.ts',
    ],
    message: 'A page talks to the host through src/protocol only.',
  },
  { target: './webview', from: './extension', message: 'A page talks to the host through src/protocol only.' },
  { target: './extension', from: './webview', message: 'The host talks to a page through src/protocol only.' },
);

const noVscode = { name: 'vscode', message: 'Only extension/ may import vscode.' };
const noTensors = { group: tensorLibraries, message: 'No tensor library here.' };
const restrict = (paths, patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] });

export default tseslint.config(
  { ignores: ['dist/**', 'build/**', 'node_modules/**', '**/node_modules/**', '.venv/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'Buffer',
          'fetch',
          'window',
          'document',
          'Element',
          'NodeFilter',
          'performance',
          'AbortController',
          'AbortSignal',
          'getComputedStyle',
          'requestAnimationFrame',
          'structuredClone',
          'MouseEvent',
          'KeyboardEvent',
          'Event',
          'URLSearchParams',
          'navigator',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    languageOptions: {
      parserOptions: {
        project: ['src/tsconfig.json', 'extension/tsconfig.json', 'webview/tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-non-null-assertion': 'off',
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: restrict([noVscode], []) },
  {
    files: [
      'src/dataset/**/*.ts',
      'src/evaluate/**/*.ts',
      'src/journal/**/*.ts',
      'src/series/**/*.ts',
      'src/files/**/*.ts',
      'src/checkpoint/**/*.ts',
      'src/run/**/*.ts',
      'src/watch/**/*.ts',
      'src/protocol/**/*.ts',
      'src/network/*.ts',
    ],
    rules: restrict([noVscode], [noTensors]),
  },
  {
    files: ['extension/**/*.ts'],
    plugins: { own: { rules: { 'localised-texts': localisedTexts } } },
    rules: {
      ...restrict([], [noTensors, { group: ['sharp'], message: 'Native modules run in the worker.' }]),
      'own/localised-texts': 'error',
    },
  },
  {
    files: ['webview/**/*.ts'],
    plugins: { own: { rules: { 'localised-page-texts': localisedPageTexts } } },
    rules: {
      ...restrict(
        [noVscode],
        [noTensors, { group: ['node:*', 'fs', 'path', 'os', 'child_process'], message: 'Pages run in a browser.' }],
      ),
      'own/localised-page-texts': 'error',
    },
  },
  {
    // node:test's `test` and `describe` return promises that the runner awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
      'max-lines': 'off',
    },
  },
  {
    files: ['bench/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
