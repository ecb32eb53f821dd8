// A process of several that mpirun has started, which do one training together. It does its part itself: mpirun knows no
// other process, so that one that is killed or fails ends all of them. A program of its own, which the command loads
// when a launcher has started it.
import { appendFile } from 'node:fs/promises';
import { availableParallelism, cpus, hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInFolder } from '../jobs/lifecycle';
import { countGpus } from '../engine/gpu';
import { Communicator } from '../mpi/communicator';
import { AloneError, gpuOfRank, type Launch } from '../mpi/launcher';
import { gatherTexts } from '../mpi/ranks';
import { StoppedError } from '../protocol/errors';
import type { RunEvent } from '../protocol/events';
import type { TrainRequest } from '../protocol/job';
import { openRunFolder } from '../run/runFolder';
import { followTraining } from '../train/loop/followTraining';
import type { RankPlaces } from '../train/loop/rankPace';
import { runTraining } from '../train/loop/runTraining';
import { shareRun } from '../train/loop/together';
import { StepExchange } from '../train/step/exchange';
import type { Outcome } from './messages';
import { outcomeOf } from './outcome';

/** Time for rank 0 to write down why it fails, before another rank that has found the same ends all. */
const lastWordMilliseconds = 3000;

/** What rank 0 has prepared. */
export interface RankedRun {
  request: TrainRequest;
  runFolder: string;
  onEvent: (event: RunEvent) => void;
}

/** What rank 0 tells the others of it. */
interface SharedRun {
  request: TrainRequest;
  runFolder: string;
  runId: string;
}

export interface RankOptions {
  /** Aborted to stop politely: all ranks stop after the same step. */
  signal: AbortSignal;
}

/** What a rank is, for doctor. */
export interface RankReport {
  host: string;
  pid: number;
  /** CUDA_VISIBLE_DEVICES; absent where TensorFlow sees all there are, or none. */
  gpu?: string;
  gpus: number;
  /** Cores that this process may run on. */
  cores: number;
}

/** This process among the others. */
export class RankProcess {
  private hasLeft = false;

  private constructor(
    private readonly ranks: Communicator,
    readonly reports: readonly RankReport[],
    private readonly options: RankOptions,
  ) {}

  /**
   * Meets the others, and takes a GPU and the cores for itself that a rank of its machine is to have. Before TensorFlow is loaded.
   * @returns why it could not, where each process believes that it is alone
   */
  static async open(launch: Launch, options: RankOptions): Promise<RankProcess | AloneError> {
    const { env } = process;
    // What Open MPI's mpirun hands on to its ranks; a SIGTERM it keeps for itself and ends them.
    process.on('SIGUSR2', () => process.kill(process.pid, 'SIGTERM'));
    const gpus = await countGpus();
    const gpu =
      launch.localRank === undefined ? undefined : gpuOfRank(launch.localRank, env['CUDA_VISIBLE_DEVICES'], gpus);
    if (gpu !== undefined) env['CUDA_VISIBLE_DEVICES'] = gpu;
    try {
      const ranks = await Communicator.open(launch, env, options);
      const cores = availableParallelism();
      const visible = env['CUDA_VISIBLE_DEVICES'];
      const own: RankReport = {
        host: hostname(),
        pid: process.pid,
        gpus,
        cores,
        ...(visible !== undefined && { gpu: visible }),
      };
      const reports = (await gatherTexts(ranks, JSON.stringify(own))).map((text) => JSON.parse(text) as RankReport);
      shareCores(reports.filter(({ host }) => host === own.host).length, env);
      return new RankProcess(ranks, reports, options);
    } catch (error) {
      if (error instanceof AloneError) return error;
      throw error;
    }
  }

  get rank(): number {
    return this.ranks.rank;
  }

  get places(): RankPlaces {
    return { hosts: this.reports.map(({ host }) => host), library: this.ranks.description };
  }

  /**
   * Trains with all ranks together; where this one fails, all are ended with a code that is not 0.
   * @param run rank 0's
   * @returns how it ended
   */
  async train(run: RankedRun | undefined): Promise<Outcome> {
    const exchange = new StepExchange(this.ranks);
    let folder: string | undefined;
    try {
      const id = run && (await openRunFolder(run.runFolder)).record.id;
      const shared = await shareRun<SharedRun>(this.ranks, run && { ...run, runId: id! });
      folder = shared.runFolder;
      if (run === undefined) await followTraining(shared.request, { ...shared, signal: this.options.signal }, exchange);
      else await this.lead(run, exchange);
    } catch (error) {
      if (!(error instanceof StoppedError) || !exchange.stopAgreed) return this.fail(error, folder);
      await this.leave();
      return outcomeOf(error);
    }
    await this.leave();
    return { is: 'done' };
  }

  /** Owns the run, and makes its steps. */
  private async lead({ request, runFolder, onEvent }: RankedRun, exchange: StepExchange): Promise<void> {
    const { signal } = this.options;
    const together = { exchange, places: this.places };
    const folder = await openRunFolder(runFolder);
    await runInFolder(request, folder, async (context) => runTraining(request, context, together), { signal, onEvent });
  }

  private async fail(error: unknown, folder: string | undefined): Promise<Outcome> {
    const outcome = outcomeOf(error);
    if (this.rank > 0 && outcome.is === 'failed') {
      await sleep(lastWordMilliseconds);
      const line = `${new Date().toISOString()} rank ${this.rank}: ${outcome.stack ?? outcome.message}\n`;
      if (folder !== undefined) await appendFile(`${folder}/worker.log`, line).catch(() => undefined);
    }
    return outcome;
  }

  /** When all have done their part; nothing may be asked afterwards. */
  async leave(): Promise<void> {
    await this.ranks.meet();
    this.hasLeft = true;
    this.ranks.finalize();
  }

  /** Ends all ranks, this one too, where they would wait for it. */
  abort(code: number): void {
    if (!this.hasLeft) this.ranks.abort(code);
  }
}

/** The engines' threads of a rank beside others, where its launcher has not given it cores of its own. */
function shareCores(neighbours: number, env: NodeJS.ProcessEnv): void {
  const cores = availableParallelism();
  if (neighbours < 2 || cores < cpus().length) return;
  const own = `${Math.max(1, Math.floor(cores / neighbours))}`;
  for (const name of ['FACENET_WASM_THREADS', 'TF_NUM_INTRAOP_THREADS']) env[name] ??= own;
}
