// What the program that has started this process says of the others that it has started with it.
import { UserError } from '../protocol/errors';

/** What is known before MPI is asked. */
export interface Launch {
  /** For sentences. */
  launcher: string;
  /** Processes that it has started together, 2 or more. */
  tasks: number;
  /** Of this machine, from 0 on; undefined where the launcher does not say. */
  localRank: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables in which launchers say how many they have started; an mpirun inside of a Slurm job speaks for itself. */
const taskVariables = [
  ['OMPI_COMM_WORLD_SIZE', 'mpirun of Open MPI'],
  ['PMI_SIZE', 'mpirun'],
  ['SLURM_NTASKS', 'Slurm'],
] as const;

const localRankVariables = ['OMPI_COMM_WORLD_LOCAL_RANK', 'MPI_LOCALRANKID', 'SLURM_LOCALID'] as const;

/** How this process was started together with others; undefined where it was not. */
export function launchOf(environment: Environment): Launch | undefined {
  for (const [name, launcher] of taskVariables) {
    const tasks = wholeNumber(environment[name]);
    if (tasks === undefined || tasks === 0) continue;
    if (tasks === 1) return undefined;
    const localRank = localRankVariables.map((local) => wholeNumber(environment[local])).find(isKnown);
    return { launcher, tasks, localRank };
  }
  return undefined;
}

/**
 * The GPU of a rank, as a value of CUDA_VISIBLE_DEVICES: one of those that it may see, by its number on its machine. More
 * ranks than GPUs share them in turn.
 * @param visible CUDA_VISIBLE_DEVICES as it was found
 * @param gpus of the machine, all of which are seen where `visible` is not set
 * @returns undefined where there is nothing to choose from
 */
export function gpuOfRank(localRank: number, visible: string | undefined, gpus: number): string | undefined {
  const seen = visible === undefined ? Array.from({ length: gpus }, (_, index) => `${index}`) : visible.split(',');
  // A launcher that gives each task a GPU of its own has chosen.
  return seen.length < 2 ? undefined : seen[localRank % seen.length]!.trim();
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined;
}

/** Several were started, each of which believes that it is alone: all would do the same work in one folder. */
export class AloneError extends UserError {
  /** @param why as the end of a sentence */
  constructor(
    { launcher, tasks }: Launch,
    why: string,
    action = 'Start them with the mpirun of that library (under Slurm: srun --mpi=pmix, or mpirun in the script), or ask for one task.',
  ) {
    super(`${launcher} has started ${tasks} tasks, but ${why}.`, action);
  }
}
