// A training that mpirun has started several times.
import { pathToFileURL } from 'node:url';
import { builtProgram } from '../engine/installation';
import type { Launch } from '../mpi/launcher';
import type { TrainRequest } from '../protocol/job';
import type { RunFolder } from '../run/runFolder';
import { throwUnlessDone } from '../worker/outcome';
import type { RankProcess } from '../worker/rankProcess';
import type { CommandContext } from './command';
import { exitCodes, outcomeOf } from './outcome';
import { showEvent } from './terminal';

export interface PreparedRun {
  folder: RunFolder;
  request: TrainRequest;
}

/** How it ended, on this rank. */
export interface RankedEnd {
  code: number;
  /** The run, where it is done and this is rank 0, which tells how it ended. */
  folder?: RunFolder;
}

/**
 * This process among those that a launcher has started.
 * @returns undefined, after a sentence, where they do not find each other
 */
export async function openRank(
  launch: Launch,
  { signal, output }: Pick<CommandContext, 'signal' | 'output'>,
): Promise<RankProcess | undefined> {
  const program = pathToFileURL(builtProgram('rankProcess.cjs')).href;
  const ranks = (await import(program)) as typeof import('../worker/rankProcess');
  const opened = await ranks.RankProcess.open(launch, { signal });
  if (opened instanceof ranks.RankProcess) return opened;
  output.problem(`facenet: ${opened.sentence}`);
  return undefined;
}

/**
 * Trains with all ranks together. A rank that fails ends the others, which would wait for it.
 * @param prepare makes the run folder, on rank 0
 * @throws StoppedError, on rank 0, when stopped with everything saved
 */
export async function trainOnRanks(
  launch: Launch,
  context: CommandContext,
  prepare: () => Promise<PreparedRun>,
): Promise<RankedEnd> {
  const process = await openRank(launch, context);
  if (process === undefined) return { code: exitCodes.usage };
  const { output } = context;
  try {
    const prepared = process.rank === 0 ? await prepare() : undefined;
    if (prepared !== undefined) {
      const { hosts, library } = process.places;
      output.line(`Run folder: ${prepared.folder.path}`);
      output.line(`${hosts.length} ranks on ${[...new Set(hosts)].join(', ')}: ${library}.`);
      for (const [rank, { host, pid }] of process.reports.entries())
        output.line(`  rank ${rank} is process ${pid} of ${host}`);
    }
    const outcome = await process.train(
      prepared && {
        request: prepared.request,
        runFolder: prepared.folder.path,
        onEvent: (event) => showEvent(output, event),
      },
    );
    if (outcome.is === 'stopped' && process.rank > 0) return { code: exitCodes.stopped };
    throwUnlessDone(outcome);
    return { code: exitCodes.done, ...(prepared !== undefined && { folder: prepared.folder }) };
  } catch (error) {
    return endAll(process, error, context);
  }
}

/** Says why, and ends all. */
async function endAll(ranks: RankProcess, error: unknown, { output }: CommandContext): Promise<RankedEnd> {
  const { code, lines } = outcomeOf(error, process.env['FACENET_DEBUG'] === '1');
  for (const line of lines) output.problem(ranks.rank === 0 ? line : `Rank ${ranks.rank}: ${line}`);
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
  ranks.abort(code);
  return { code };
}
