import type { ArgumentParser } from 'argparse';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { memoryContext } from '../jobs/memoryContext';
import { shardName } from '../shard/shard';
import { fillActivations } from '../train/loop/fillActivations';
import { readPeople } from '../evaluate/readPeople';
import type { TrainRequest } from '../protocol/job';
import { UserError } from '../protocol/errors';
import { divergedAt } from '../protocol/runRules';
import type { TrainConfig } from '../protocol/trainConfig';
import { createRunFolder, runsDirectory, type RunFolder } from '../run/runFolder';
import { findRunFolder } from '../run/runList';
import { readConfiguration } from '../train/settings/configurationFile';
import { configWithFlags } from '../train/settings/configurationFlags';
import { configFromFlags } from '../train/settings/configFromFlags';
import { ineffectiveFlags } from '../train/settings/flagValues';
import type { FlagTable } from '../train/settings/flagTable';
import { recipeNamed, recipeOfFlags, trainingRecipes } from '../train/settings/trainingRecipes';
import { percent } from '../words/rates';
import { selfCheckLines } from '../words/selfCheckWords';
import { noVerdict, verdictLines } from '../words/verdictWords';
import { keepJob } from '../worker/keepJob';
import { launchOf } from '../mpi/launcher';
import type { Command, CommandContext, CommandOptions, CommandOutput } from './command';
import { addFlags } from './flagArguments';
import { exitCodes } from './outcome';
import { givenOptions } from './parser';
import { peopleInBrief } from './peopleText';
import { trainOnRanks, type PreparedRun } from './rankedTraining';
import { inShard } from './shardFlag';
import { showEvent } from './terminal';

const recipeNames = trainingRecipes.map(({ name }) => name).join(', ');

function configure(parser: ArgumentParser, table: FlagTable): void {
  const own = addFlags(parser, table);
  own.add_argument('--config', {
    metavar: 'FILE|RECIPE',
    help: `run configuration (*.facenet.json) to start, or a recipe of the reference for training on --data_dir from scratch: ${recipeNames}; flags given beside it win, those of the rate and the epochs in its last phase`,
  });
  own.add_argument('--resume', {
    metavar: 'RUN',
    help: 'go on with a run that was stopped; all other options but --on_divergence are those of the run',
  });
  own.add_argument('--shard', {
    metavar: 'I/N',
    help:
      'no training: the activations of frozen stages for the people of part I of N are computed into --activation_cache_dir, where ' +
      "a training with the same options finds them; N alone takes the part from Slurm's array or Kubernetes' index",
  });
}

async function prepare(
  command: Command,
  table: FlagTable,
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<PreparedRun> {
  const { output, cwd } = context;
  const { config: file, resume } = options;
  if (typeof resume === 'string') {
    if (typeof file === 'string') {
      throw new UserError('--resume goes on with the configuration of its run.', 'Leave --config out.');
    }
    const folder = await findRunFolder(cwd, resume);
    const { request, config, id, state } = folder.record;
    if (request.kind !== 'train') {
      throw new UserError(`${folder.path} is no training.`, 'facenet runs lists the runs and what they are.');
    }
    if (state === 'done') output.problem(`Run ${id} is done; there is nothing left to train.`);
    const recorded = config ?? request.config;
    if (givenOptions(command, context.argv).on_divergence !== 'retry')
      return { folder, request: { kind: 'train', config: recorded, resume: folder.path } };
    const afterDivergence = divergedAt(folder.record);
    const slower: TrainConfig = { ...recorded, onDivergence: 'retry' };
    return { folder, request: { kind: 'train', config: slower, resume: folder.path, afterDivergence } };
  }
  const { config, title } = await configOf(command, table, options, context);
  const request: TrainRequest = { kind: 'train', config };
  return { folder: await createRunFolder(runsDirectory(cwd), request, title), request };
}

interface Titled {
  config: TrainConfig;
  title: string;
}

/** What a new run is told. */
async function configOf(
  command: Command,
  table: FlagTable,
  options: CommandOptions,
  context: CommandContext,
): Promise<Titled> {
  const { config: file } = options;
  if (typeof file === 'string') return readConfigured(command, table, file, context);
  for (const message of ineffectiveFlags(table, options)) context.output.problem(message);
  const config = await configFromFlags(table, options);
  return { config, title: `train ${basename(config.dataDir)}` };
}

/** A configuration file or a recipe; its relative paths are its own business. */
async function readConfigured(
  command: Command,
  table: FlagTable,
  file: string,
  { argv, cwd, output }: CommandContext,
): Promise<Titled> {
  const given = { ...givenOptions(command, argv), config: undefined, shard: undefined };
  for (const message of ineffectiveFlags(table, given)) output.problem(message);
  const recipe = recipeNamed(file);
  if (recipe !== undefined && existsSync(resolve(cwd, file)))
    output.problem(`${file} is taken for the recipe; --config ./${file} is the file of that name.`);
  const { config, title } = recipe === undefined ? await readConfiguration(file) : recipeOfFlags(recipe, given);
  const { head } = table.means;
  if (head !== undefined && config.head !== head) {
    throw new UserError(
      `${file} trains with ${config.head}, and ${table.command} with ${head}.`,
      `Write "head": "${head}" into the file, or start it with facenet train-softmax --config.`,
    );
  }
  return { config: await configWithFlags(table, config, given), title };
}

/** Computes what several processes can before a training. */
async function fill(
  command: Command,
  table: FlagTable,
  options: CommandOptions,
  context: CommandContext,
): Promise<number> {
  const { output, signal } = context;
  if (typeof options['resume'] === 'string')
    throw new UserError('--shard computes before a run begins.', 'Leave --resume or --shard out.');
  return inShard(options, context, async (shard = { index: 0, count: 1 }) => {
    const { config } = await configOf(command, table, options, context);
    const job = memoryContext({ signal, onEvent: (event) => showEvent(output, event) });
    const images = await fillActivations(config, shard, job);
    output.line(
      `The activations of ${images} images of shard ${shardName(shard)} are in ${config.activationCacheDir!}; a training with ` +
        'the same options finds them there.',
    );
    return exitCodes.done;
  });
}

async function run(
  command: Command,
  table: FlagTable,
  options: CommandOptions,
  context: CommandContext,
): Promise<number> {
  const { output, signal, force } = context;
  if (options['shard'] !== undefined) return fill(command, table, options, context);
  const launch = launchOf(process.env);
  const begin = async (): Promise<PreparedRun> => prepare(command, table, options, context);
  if (launch !== undefined) {
    const { code, folder } = await trainOnRanks(launch, context, begin);
    if (folder !== undefined) await tellEnd(folder, output);
    return code;
  }
  const { folder, request } = await begin();
  output.line(`Run folder: ${folder.path}`);
  await keepJob(request, folder, { signal, force, onEvent: (event) => showEvent(output, event) });
  await tellEnd(folder, output);
  return exitCodes.done;
}

/** What came of a run that is done. */
async function tellEnd(folder: RunFolder, output: CommandOutput): Promise<void> {
  const record = await folder.reload();
  const { best, checkpoint, heldOut, verdict, selfCheck } = record;
  if (checkpoint !== undefined) output.line(`Last checkpoint: ${checkpoint.prefix}`);
  if (best !== undefined) output.line(`Best checkpoint: ${best.checkpoint} (accuracy ${percent(best.accuracy)})`);
  if (heldOut !== undefined)
    for (const line of peopleInBrief(await readPeople(join(folder.path, heldOut.file)))) output.line(line);
  const lines = verdict === undefined ? [`${noVerdict(record, true)}.`] : verdictLines(verdict);
  if (selfCheck !== undefined) lines.push(...selfCheckLines(selfCheck));
  for (const line of lines) output.line(line);
}

/** The command that trains with the flags of a table, or what a configuration file says. */
export function trainingCommand(table: FlagTable, summary: string): Command {
  const command: Command = {
    name: table.command,
    summary,
    configure: (parser) => configure(parser, table),
    run: async (options, context) => run(command, table, options, context),
  };
  return command;
}
