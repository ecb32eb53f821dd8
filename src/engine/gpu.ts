import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuReport } from '../protocol/engines';

const run = promisify(execFile);

/** `name, memory, driver` lines of nvidia-smi's CSV output. */
export function parseNvidiaSmi(output: string): { devices: string[]; driver?: string } {
  const rows = output
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3);
  return { devices: rows.map(([name, memory]) => `${name} (${memory})`), driver: rows[0]?.[2] };
}

/** How many cards there are. Never throws. */
export async function countGpus(): Promise<number> {
  return (await ask('nvidia-smi', ['--list-gpus'])).split('\n').filter((line) => /^GPU \d+:/.test(line)).length;
}

/** CUDA's and cuDNN's libraries in the output of `ldconfig -p`. */
export function parseLdconfig(output: string): string[] {
  const names = output.matchAll(/^\s*(lib(?:cudart|cudnn|cublas|cufft|cusolver|cusparse)\.so\.\d+)\b/gm);
  return [...new Set(Array.from(names, (match) => match[1]!))].sort();
}

async function ask(file: string, args: string[]): Promise<string> {
  return run(file, args, { timeout: 10_000, windowsHide: true }).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** Bytes of the card with the most free memory in nvidia-smi's list of MiB; undefined where it knows none. */
export function parseFreeGpuMemory(output: string): number | undefined {
  const free = output
    .split('\n')
    .filter((line) => /^\s*\d+\s*$/.test(line))
    .map(Number);
  return free.length === 0 ? undefined : Math.max(...free) * 2 ** 20;
}

/**
 * Free memory of the graphics card that TensorFlow would take, in bytes; undefined where none can be asked. To be asked
 * before TensorFlow is opened, which takes nearly all of it at once.
 */
export async function freeGpuMemory(): Promise<number | undefined> {
  return parseFreeGpuMemory(
    await ask('nvidia-smi', [...chosenCard(), '--query-gpu=memory.free', '--format=csv,noheader,nounits']),
  );
}

/** For nvidia-smi: the card that TensorFlow would take. */
function chosenCard(): string[] {
  const chosen = process.env.CUDA_VISIBLE_DEVICES?.split(',')[0]?.trim() ?? '';
  return chosen === '' ? [] : [`--id=${chosen}`];
}

/** The best compute capability, e.g. 8.6, in nvidia-smi's list; undefined where it knows none. */
export function parseComputeCapability(output: string): number | undefined {
  const all = output
    .split('\n')
    .filter((line) => /^\s*\d+\.\d+\s*$/.test(line))
    .map(Number);
  return all.length === 0 ? undefined : Math.max(...all);
}

/** Of the graphics card that TensorFlow would take; undefined where none can be asked. Never throws. */
export async function computeCapability(): Promise<number | undefined> {
  return parseComputeCapability(
    await ask('nvidia-smi', [...chosenCard(), '--query-gpu=compute_cap', '--format=csv,noheader']),
  );
}

/** What there is of NVIDIA's on this machine. Never throws: what cannot be asked is absent. */
export async function inspectGpu(): Promise<GpuReport> {
  const [smi, ldconfig] = await Promise.all([
    ask('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader']),
    process.platform === 'linux' ? ask('/sbin/ldconfig', ['-p']) : '',
  ]);
  return { ...parseNvidiaSmi(smi), libraries: parseLdconfig(ldconfig) };
}
