import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import { type InspectedStage, type Inspection, inspect } from '../../checkpoint/inspection';
import { type Model, openModel } from '../../checkpoint/model';
import { chipOf } from '../../protocol/chip';
import type { Comparison, InspectAnswer, ShownPlan, VariableStatistics } from '../../protocol/checkpoint';
import { UserError, describeError } from '../../protocol/errors';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';
import { comparisonLines, planLines, shapeText, size, statisticsLines } from './inspectText';

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
  parser.add_argument('--data_dir', {
    metavar: 'DIR',
    help: "the same for a training on the people of this folder; the network is the model's own without --against",
  });
  parser.add_argument('--classes', { type: 'int', help: 'people of that network’s classifier; absent: no classifier' });
  parser.add_argument('--embedding_size', {
    type: 'int',
    help: "that network's embedding size; absent: the model's own",
  });
  parser.add_argument('--statistics', {
    action: 'store_true',
    help: 'print mean, deviation, extremes, zeros and values that are not finite, of every variable',
  });
  parser.add_argument('--compare', {
    metavar: 'OTHER',
    help: 'print which variables of this other model differ, and by how much',
  });
}

/** `1,234,567`; the formatter of the language takes longer to load than a header to read. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function plural(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function heading(model: Model, { variables, elements, bytes }: Inspection): string[] {
  const { alignment, imageSize, standardization } = model.recipe;
  const chip = chipOf(model.recipe);
  const kind =
    model.kind === 'frozen-graph' ? 'frozen graph' : `${model.kind}${model.kind === 'starter' ? ' model' : ''}`;
  const network =
    model.network === undefined
      ? 'none that is known here'
      : `${model.network}, ${model.embeddingSize}-d embeddings` +
        (model.classes === undefined ? ', no classifier' : `, classifier for ${grouped(model.classes)} people`);
  return [
    `${model.name} (${kind}${model.step === undefined ? '' : `, step ${model.step}`})`,
    ...(model.path === model.name ? [] : [`  path       ${model.path}`]),
    `  network    ${network}`,
    `  recipe     ${alignment} alignment${chip === undefined ? '' : ` (chip ${chip})`}, ${imageSize}×${imageSize}, ${standardization} standardization (${model.recipeSource})`,
    `  variables  ${grouped(variables)}, ${plural(elements, 'number')}, ${size(bytes)}`,
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

/** The plan that is asked for; undefined where none is. */
async function planOf(model: Model, options: CommandOptions, cwd: string): Promise<ShownPlan | undefined> {
  const network = options['against'] as string | undefined;
  const dataDir = options['data_dir'] as string | undefined;
  const classes = options['classes'] as number | undefined;
  const embeddingSize = options['embedding_size'] as number | undefined;
  if (network === undefined && dataDir === undefined) {
    if (classes === undefined && embeddingSize === undefined) return undefined;
    throw new UserError(
      '--classes and --embedding_size describe a network that is not named.',
      'Add --against NETWORK.',
    );
  }
  if (dataDir !== undefined && classes !== undefined)
    throw new UserError('--data_dir and --classes both say who the people are.', 'Leave one of them out.');
  for (const [flag, value] of [
    ['--classes', classes],
    ['--embedding_size', embeddingSize],
  ] as const) {
    if (value !== undefined && value < 1) throw new UserError(`${flag} ${value} makes no network.`, 'Give at least 1.');
  }
  const { planAgainst } = await import('../../train/plan/planAgainst');
  return planAgainst(model, {
    network,
    embeddingSize,
    classes,
    dataDir: dataDir === undefined ? undefined : resolve(cwd, dataDir),
  });
}

async function statisticsOf(model: Model, signal: AbortSignal): Promise<VariableStatistics[]> {
  const { modelStatistics } = await import('../../checkpoint/statistics');
  return modelStatistics(model, signal);
}

async function comparisonWith(
  model: Model,
  typed: string,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<Comparison> {
  const { compareModels } = await import('../../checkpoint/comparison');
  const other = await openModel(typed);
  for (const note of other.notes) output.problem(`Warning: ${note}`);
  return compareModels(model, other, signal);
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const typed = options['model'] as string;
  const other = options['compare'] as string | undefined;
  const model = await openModel(typed, { headerOnly: true });
  const plan = await planOf(model, options, cwd);
  const inspection = inspect(model);
  // What there is to see does not need the data file; that it is missing is said.
  const problem = await model.check().then(
    () => undefined,
    (error: unknown) => describeError(error),
  );
  const statistics = options['statistics'] === true ? await statisticsOf(model, signal) : undefined;
  const comparison = other === undefined ? undefined : await comparisonWith(model, other, { output, signal });
  if (options['json'] === true) {
    const { path, name, kind, step, network, embeddingSize, classes, recipe, recipeSource } = model;
    const { stages, variables, elements, bytes } = inspection;
    const identity = { path, name, kind, step, network, embeddingSize, classes, recipe, recipeSource };
    const totals = { variables, elements, bytes };
    const asked = { restorePlan: plan, statistics, comparison };
    const answer: InspectAnswer = {
      ...identity,
      ...{ problem, totals },
      stages: stages.map(({ name: stage, outputShape, ...rest }) => ({
        name: stage,
        outputShape: outputShape?.map((size) => size ?? null),
        ...rest,
      })),
      ...asked,
    };
    printJson(output, answer);
    return 0;
  }
  for (const line of heading(model, inspection)) output.line(line);
  if (problem !== undefined) output.problem(problem);
  output.line('');
  const sections = [
    ...(plan === undefined ? [] : [planLines(plan)]),
    ...(statistics === undefined ? [] : [statisticsLines(inspection, statistics)]),
    ...(comparison === undefined ? [] : [comparisonLines(comparison)]),
  ];
  if (sections.length === 0) sections.push(inspection.stages.flatMap(stageLines));
  for (const line of sections.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))) output.line(line);
  return 0;
}

export const command: Command = {
  name: 'inspect',
  summary: 'Show the variables of a model, their shapes and sizes, by stage.',
  configure,
  run,
};
