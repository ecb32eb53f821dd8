// One row for each setting: what is made of it agrees with it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { addFlags } from '../../../../src/cli/flagArguments';
import { givenOptions, parserOf } from '../../../../src/cli/parser';
import { UserError } from '../../../../src/protocol/errors';
import { runConfigurationJsonSchema } from '../../../../src/protocol/runConfiguration';
import { withPaths } from '../../../../src/protocol/settings/paths';
import { setting, type Flag, type Setting, type Settings } from '../../../../src/protocol/settings/setting';
import { phaseSettings } from '../../../../src/protocol/settings/phaseSettings';
import { softmaxSettings } from '../../../../src/protocol/settings/softmaxSettings';
import { trainingSetSettings } from '../../../../src/protocol/settings/trainingSetSettings';
import { type TrainConfig, trainConfigSchema, trainSettings } from '../../../../src/protocol/trainConfig';
import { configFromFlags } from '../../../../src/train/settings/configFromFlags';
import { configWithFlags } from '../../../../src/train/settings/configurationFlags';
import { type FlagEntry, flagTable, without } from '../../../../src/train/settings/flagTable';
import { flagsOfConfig } from '../../../../src/train/settings/flagsOfConfig';
import type { FlagValues } from '../../../../src/train/settings/flagValues';
import { expandHome } from '../../../../src/train/settings/homePath';
import { trainSoftmaxFlags } from '../../../../src/train/settings/trainSoftmaxFlags';

function rowsOf(settings: Settings, above = ''): [name: string, row: Setting][] {
  return Object.entries(settings).flatMap(([name, row]) => [
    [above + name, row] as [string, Setting],
    ...rowsOf(row.settings ?? {}, `${above}${name}.`),
  ]);
}

const rows = rowsOf(trainSettings);
const { flags } = trainSoftmaxFlags;
const parse = (...argv: string[]): FlagValues => parserOf(command).parse_args<FlagValues>(argv);

type Described = Record<string, unknown> & { properties?: Record<string, Described>; items?: Described };

/** What the editor knows of a setting, by its path. */
function inEditor(path: string): Described {
  let schema = runConfigurationJsonSchema() as Described;
  for (const name of path.split('.')) schema = (schema.items ?? schema).properties![name]!;
  return schema;
}

describe('every row', () => {
  test('has a text for the editor, a sentence, which is what the editor shows', () => {
    for (const [name, { text, words, flag }] of rows) {
      assert.match(text, /^[^a-z].*\.$/, name);
      const { markdownDescription, description, examples } = inEditor(name);
      const rule = flag?.kind === 'path' ? /^ Relative paths begin at .* `~` is the home directory\.$/ : /^$/;
      assert.ok(String(markdownDescription).startsWith(text), name);
      assert.match(String(markdownDescription).slice(text.length), rule, name);
      assert.equal(description, String(markdownDescription).replaceAll('`', ''), name);
      assert.deepEqual(examples, words, name);
    }
  });

  test('is in the check of a configuration, and the check has nothing else', () => {
    const top = rows.map(([name]) => name).filter((name) => !name.includes('.'));
    assert.deepEqual(Object.keys(trainConfigSchema.shape), top);
  });

  test('has a flag, but what has parts and what no flag names', () => {
    const flagless = rows.filter(([, { flag }]) => flag === undefined).map(([name]) => name);
    assert.deepEqual(flagless, ['phases.name', 'phases.optimizer', 'lfw']);
  });
});

describe('every flag', () => {
  test('is what --help tells, with its text, and nothing else is', () => {
    const help = parserOf(command).format_help().replaceAll(/\s+/g, ' ');
    for (const { flag } of flags) {
      assert.match(flag.help, /^\S.*[^.\s]$/, flag.name);
      assert.ok(help.includes(flag.help.replaceAll(/\s+/g, ' ')), flag.name);
    }
    const names = flags.map(({ flag }) => flag.name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(Object.keys(parse()).sort(), [...names, 'config', 'resume', 'shard'].sort());
  });

  /** JSON schema's words for what a flag takes. */
  const taken = (flag: Flag): unknown =>
    flag.kind === 'choice'
      ? [...flag.choices]
      : { int: 'integer', float: 'number', str: 'string', path: 'string', switch: 'boolean' }[flag.kind];
  /** Their values mean something else than themselves. */
  const translated = ['use_fixed_image_standardization', 'model_def', 'phases', 'learning_rate'];

  test('takes what its setting takes', () => {
    for (const { flag, setting: row } of flags) {
      if (row === undefined || translated.includes(flag.name)) continue;
      const schema = z.toJSONSchema(row.schema, { io: 'input' }) as Described & {
        enum?: unknown[];
        anyOf?: { const: unknown }[];
      };
      // Of the heads one has a command of its own.
      const named = schema.enum?.filter((value) => value !== 'triplet');
      const takes = named ?? schema.anyOf?.map((one) => one.const) ?? schema.type;
      assert.deepEqual(takes, taken(flag), flag.name);
    }
  });

  test('has the default of its setting, or one that its setting takes; a switch is off', () => {
    const parsed = parse();
    for (const { flag, setting: row, default: fallback } of flags) {
      assert.equal(parsed[flag.name] ?? undefined, fallback, flag.name);
      if (flag.kind === 'switch') assert.equal(parsed[flag.name], false, flag.name);
      if (row === undefined || translated.includes(flag.name)) continue;
      for (const value of [fallback, flag.fromScratch]) if (value !== undefined) row.schema.parse(value);
    }
  });
});

const word = fc.stringMatching(/^[a-z][a-z/]{0,8}$/);

/** Any value of a flag, as it is typed; some are out of the range of their settings. */
function typedValue({ flag }: FlagEntry): fc.Arbitrary<string[]> {
  if (flag.name === 'model_def')
    return fc.constantFrom('squeezenet', 'inception_resnet_v2').map((name) => [`models.${name}`]);
  // At 0 and below a schedule is read.
  if (flag.name === 'learning_rate') return fc.double({ min: 1e-3, max: 9, noNaN: true }).map((rate) => [String(rate)]);
  switch (flag.kind) {
    case 'int':
      return fc.integer({ min: -1, max: 999 }).map((value) => [String(value)]);
    case 'float':
      return fc.double({ min: -0.1, max: 1.1, noNaN: true }).map((value) => [String(value)]);
    case 'switch':
      return fc.constant([]);
    case 'choice':
      return fc.constantFrom(...(flag.choices as (string | number)[])).map((value) => [String(value)]);
    case 'str':
    case 'path':
      return word.map((value) => [value]);
  }
}

/** Read from files, or only beside another flag. */
const apart = ['phases', 'pretrained_model', 'learning_rate_schedule_file'];
const chosen = flags.filter(({ flag, reason }) => reason === undefined && !apart.includes(flag.name));
const commandLine = fc
  .record(Object.fromEntries(chosen.map((entry) => [entry.flag.name, typedValue(entry)])), { requiredKeys: [] })
  .map((values) => new Map(Object.entries(values as Record<string, string[]>)));
const argvOf = (line: ReadonlyMap<string, string[]>): string[] =>
  [...line].flatMap(([name, values]) => [`--${name}`, ...values]);

/** What a flag's setting holds. */
function held({ setting: row }: FlagEntry, config: TrainConfig): unknown {
  const { of, field } = row!.place;
  const holder = of === 'config' ? config : of === 'lfw' ? config.lfw : config.phases.at(-1);
  return (holder as Record<string, unknown> | undefined)?.[field];
}

/** Whether the setting can hold what was typed; told by the row itself. */
function fits({ flag, setting: row }: FlagEntry, values: readonly string[]): boolean {
  if (flag.kind !== 'int' && flag.kind !== 'float') return true;
  return row!.schema.safeParse(Number(values[0])).success;
}

test('whatever is typed is in the configuration and in arguments.txt, or its setting is named', async () => {
  await fc.assert(
    fc.asyncProperty(commandLine, word, async (typed, folder) => {
      const line = new Map([...typed, ['lfw_dir', [folder]]]);
      const wrong = chosen.filter((entry) => line.has(entry.flag.name) && !fits(entry, line.get(entry.flag.name)!));
      const made = configFromFlags(trainSoftmaxFlags, parse(...argvOf(line)));
      if (wrong.length > 0) {
        const fields = wrong.map(({ setting: row }) => row!.place.field);
        const named = new RegExp(`^(lfw\\.|phases\\.0\\.)?(${fields.join('|')}): `);
        await assert.rejects(made, (error: unknown) => error instanceof UserError && named.test(error.sentence));
        return;
      }
      const config = await made;
      const printed = new Map(flagsOfConfig(trainSoftmaxFlags, config).map(({ name, value }) => [name, value]));
      for (const entry of chosen) {
        const { name, kind } = entry.flag;
        const values = line.get(name);
        if (values === undefined) continue;
        const told = printed.has(name) ? printed.get(name) : held(entry, config);
        const meant = kind === 'switch' ? true : kind === 'path' ? expandHome(values[0]!) : values[0];
        if (kind === 'int' || kind === 'float') assert.equal(told, Number(meant), name);
        else assert.equal(kind === 'switch' ? told : String(told), meant, name);
      }
    }),
    { numRuns: 150 },
  );
});

test('flags beside a configuration change their settings and no others', async () => {
  const base = trainConfigSchema.parse({
    dataDir: '/faces',
    network: 'squeezenet',
    phases: [
      { name: 'first', trainableFrom: 'Logits', epochs: 3, learningRate: 0.5 },
      {
        name: 'last',
        trainableFrom: 'All',
        epochs: 2,
        learningRate: 0.1,
        optimizer: 'RMSPROP',
        batchNorm: 'everywhere',
      },
    ],
    lfw: { dir: '/lfw', pairs: '/pairs.txt' },
  });
  await fc.assert(
    fc.asyncProperty(commandLine, async (typed) => {
      const line = new Map(
        [...typed].filter(([name, values]) =>
          fits(
            chosen.find(({ flag }) => flag.name === name)!,
            values,
          ),
        ),
      );
      const given: FlagValues = { ...givenOptions(command, argvOf(line)), config: undefined };
      const config = await configWithFlags(trainSoftmaxFlags, base, given);
      const needed = new Map(['data_dir', 'lfw_dir', 'lfw_pairs'].map((name) => [name, ['x']]));
      const alone = await configFromFlags(trainSoftmaxFlags, parse(...argvOf(new Map([...needed, ...line]))));
      for (const entry of chosen) {
        const { name } = entry.flag;
        assert.deepEqual(held(entry, config), held(entry, line.has(name) ? alone : base), name);
      }
      assert.deepEqual(config.phases[0], base.phases[0]);
      assert.equal(config.phases[1]!.name, 'last');
      assert.equal(config.phases[1]!.optimizer, given.optimizer ?? 'RMSPROP');
    }),
    { numRuns: 100 },
  );
});

test('paths are what has a flag for a path, and `starter` is none', () => {
  const phases = [{ name: 'p', trainableFrom: 'p', epochs: 1, learningRate: 1, batchNorm: 'frozen' }];
  const lfw = { dir: 'p', pairs: 'p' };
  const names = ['dataDir', 'pretrainedModel', 'filterFilename', 'excludePeople', 'logsBaseDir', 'modelsBaseDir'];
  const config = {
    ...Object.fromEntries([...names, 'learningRateScheduleFile'].map((name) => [name, 'p'])),
    phases,
    lfw,
  };
  assert.deepEqual(
    withPaths(config, trainSettings, (path) => `/${path}`),
    { ...config, ...Object.fromEntries(names.map((name) => [name, '/p'])), lfw: { dir: '/p', pairs: '/p' } },
  );
  assert.deepEqual(
    withPaths({ pretrainedModel: 'starter' }, trainSettings, () => 'other'),
    { pretrainedModel: 'starter' },
  );
});

test('another command takes the rows that it shares, changes defaults and adds its own', async () => {
  const shared = without(trainSettings, { ...softmaxSettings, ...trainingSetSettings });
  const { batchSize, phases } = trainSettings;
  const { epochs } = phaseSettings;
  const settings = {
    ...shared,
    batchSize: { ...batchSize, flag: { ...batchSize.flag, default: 45 } },
    phases: {
      ...phases,
      settings: { ...phaseSettings, epochs: { ...epochs, flag: { ...epochs.flag, fromScratch: 7 } } },
    },
    hardest: setting({
      schema: z.boolean().default(false),
      text: 'Hardest triplets only.',
      flag: { name: 'hardest', kind: 'switch', help: 'hardest triplets only' },
    }),
  };
  const order = ['batch_size', 'people_per_batch', 'gpu_memory_fraction', 'lfw_dir'] as const;
  const table = flagTable('train-other', settings, order, { head: 'triplet', seed: 3 });
  assert.deepEqual(
    table.flags.slice(0, 4).map(({ flag }) => flag.name),
    order,
  );
  const absent = { center_loss_factor: 0, filter_filename: 0, nrof_preprocess_threads: 0 };
  assert.ok(!table.flags.some(({ flag }) => flag.name in absent));
  assert.equal(table.flags.find(({ flag }) => flag.name === 'random_rotate')!.own, true);
  const parser = parserOf({ ...command, configure: (made) => void addFlags(made, table) });
  const help = parser.format_help().replaceAll(/\s+/g, ' ');
  assert.match(help, /images of one step \(default: 45\)/);
  assert.match(help, /what the reference does not have: .*--hardest hardest triplets only/);
  const parsed = parser.parse_args<FlagValues>(['--hardest', '--people', '7']);
  assert.deepEqual([parsed.batch_size, parsed.people_per_batch, parsed.hardest], [45, 7, true]);
  const made = await configFromFlags(table, parsed);
  assert.deepEqual([made.batchSize, made.phases[0]!.epochs, made.peoplePerBatch], [45, 7, 7]);
  assert.deepEqual([made.head, made.seed], ['triplet', 3], 'the command decides');
  assert.deepEqual(flagsOfConfig(table, made)[1], { name: 'people_per_batch', value: 7, isFloat: false });
});
