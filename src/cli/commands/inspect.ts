import type { ArgumentParser } from 'argparse';
import { type InspectedStage, type Inspection, inspect } from '../../checkpoint/inspection';
import { type Model, openModel } from '../../checkpoint/model';
import { type RestorePlan, restorePlan } from '../../checkpoint/restorePlan';
import { describe } from '../../network/describe';
import { defaultEmbeddingSize, networkByName } from '../../network/registry';
import { UserError, describeError } from '../../protocol/errors';
import type { Command, CommandContext, CommandOptions } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', {
    metavar: 'MODEL',
    help: 'model directory, checkpoint prefix, any file of a checkpoint, frozen .pb, run folder, or starter',
  });
  parser.add_argument('--json', { action: 'store_true', help: 'print everything as one JSON object' });
  parser.add_argument('--against', {
    metavar: 'NETWORK',
    help: 'print what would be restored, new or left over if this network started from the model',
  });
  parser.add_argument('--classes', { type: 'int', help: 'people of that network’s classifier; absent: no classifier' });
  parser.add_argument('--embedding_size', {
    type: 'int',
    help: "that network's embedding size; absent: the model's own",
  });
}

const count = new Intl.NumberFormat('en');

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function plural(number: number, noun: string): string {
  return `${count.format(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function shapeText(shape: readonly number[] | undefined): string {
  return shape === undefined ? '' : `[${shape.join(', ')}]`;
}

function heading(model: Model, { variables, elements, bytes }: Inspection): string[] {
  const { alignment, imageSize, standardization } = model.recipe;
  const kind =
    model.kind === 'frozen-graph' ? 'frozen graph' : `${model.kind}${model.kind === 'starter' ? ' model' : ''}`;
  const network =
    model.network === undefined
      ? 'none that is known here'
      : `${model.network}, ${model.embeddingSize}-d embeddings` +
        (model.classes === undefined ? ', no classifier' : `, classifier for ${count.format(model.classes)} people`);
  return [
    `${model.name} (${kind}${model.step === undefined ? '' : `, step ${model.step}`})`,
    ...(model.path === model.name ? [] : [`  path       ${model.path}`]),
    `  network    ${network}`,
    `  recipe     ${alignment} alignment, ${imageSize}×${imageSize}, ${standardization} standardization (${model.recipeSource})`,
    `  variables  ${count.format(variables)}, ${plural(elements, 'number')}, ${size(bytes)}`,
  ];
}

function stageLines(stage: InspectedStage): string[] {
  const title = stage.name ?? 'Other variables';
  const output = stage.outputShape === undefined ? '' : ` → ${stage.outputShape.join('×')}`;
  const { variables, elements, bytes } = stage;
  const lines = [
    `${title}${output}: ${plural(variables.length, 'variable')}, ${plural(elements, 'number')}, ${size(bytes)}`,
  ];
  const nameWidth = Math.max(...variables.map(({ name }) => name.length));
  const shapeWidth = Math.max(...variables.map(({ shape }) => shapeText(shape).length));
  for (const { name, shape, dtype, byteLength } of variables) {
    const type = dtype === 'float32' ? '' : `  ${dtype}`;
    lines.push(
      `  ${name.padEnd(nameWidth)}  ${shapeText(shape).padEnd(shapeWidth)}  ${size(byteLength).padStart(9)}${type}`,
    );
  }
  return lines;
}

const statusTexts = { restored: 'restored', new: 'new', 'other-shape': 'other shape', unused: 'unused' } as const;

function planLines(title: string, { entries, counts }: RestorePlan): string[] {
  const rest = entries.filter(({ status }) => status !== 'restored');
  const width = Math.max(...rest.map(({ name }) => name.length), 0);
  const { restored, unused } = counts;
  return [
    `Restore plan against ${title}:`,
    `  ${restored} restored, ${counts.new} new, ${counts['other-shape']} of another shape, ${unused} unused`,
    ...rest.map(({ name, status, wantedShape, fileShape }) => {
      const shapes = [
        ...(fileShape === undefined ? [] : [`file ${shapeText(fileShape)}`]),
        ...(wantedShape === undefined ? [] : [`network ${shapeText(wantedShape)}`]),
      ];
      return `  ${statusTexts[status].padEnd(11)}  ${name.padEnd(width)}  ${shapes.join(', ')}`;
    }),
  ];
}

interface Against {
  title: string;
  plan: RestorePlan;
}

function planAgainst(model: Model, options: CommandOptions): Against | undefined {
  const typed = options['against'] as string | undefined;
  const classes = options['classes'] as number | undefined;
  const wantedSize = options['embedding_size'] as number | undefined;
  if (typed === undefined) {
    if (classes === undefined && wantedSize === undefined) return undefined;
    throw new UserError(
      '--classes and --embedding_size describe a network that is not named.',
      'Add --against NETWORK.',
    );
  }
  for (const [flag, value] of [
    ['--classes', classes],
    ['--embedding_size', wantedSize],
  ] as const) {
    if (value !== undefined && value < 1) throw new UserError(`${flag} ${value} makes no network.`, 'Give at least 1.');
  }
  const embeddingSize = wantedSize ?? model.embeddingSize ?? defaultEmbeddingSize;
  const network = networkByName(typed, { embeddingSize });
  const head = classes === undefined ? 'no classifier' : `classifier for ${classes} people`;
  return {
    title: `${network.name} (${embeddingSize}-d, ${head})`,
    plan: restorePlan(model.variables, describe(network, { classes }).variables),
  };
}

async function run(options: CommandOptions, { output }: CommandContext): Promise<number> {
  const typed = options['model'] as string;
  const model = await openModel(typed, { headerOnly: true });
  const against = planAgainst(model, options);
  const inspection = inspect(model);
  // What there is to see does not need the data file; that it is missing is said.
  const problem = await model.check().then(
    () => undefined,
    (error: unknown) => describeError(error),
  );
  if (options['json'] === true) {
    const { path, name, kind, step, network, embeddingSize, classes, recipe, recipeSource } = model;
    const { stages, variables, elements, bytes } = inspection;
    const identity = { path, name, kind, step, network, embeddingSize, classes, recipe, recipeSource };
    const restore = against === undefined ? {} : { restorePlan: against.plan };
    output.line(
      JSON.stringify(
        { ...identity, problem, totals: { variables, elements, bytes }, stages, ...restore },
        undefined,
        2,
      ),
    );
    return 0;
  }
  for (const line of heading(model, inspection)) output.line(line);
  if (problem !== undefined) output.problem(problem);
  output.line('');
  if (against !== undefined) for (const line of planLines(against.title, against.plan)) output.line(line);
  else for (const line of inspection.stages.flatMap(stageLines)) output.line(line);
  return 0;
}

export const command: Command = {
  name: 'inspect',
  summary: 'Show the variables of a model, their shapes and sizes, by stage.',
  configure,
  run,
};
