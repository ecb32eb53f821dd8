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

/** CUDA's and cuDNN's libraries in the output of `ldconfig -p`. */
export function parseLdconfig(output: string): string[] {
  const names = output.matchAll(/^\s*(lib(?:cudart|cudnn|cublas|cufft|cusolver|cusparse)\.so\.\d+)\b/gm);
  return [...new Set(Array.from(names, (match) => match[1]!))].sort();
}

/** What there is of NVIDIA's on this machine. Never throws: what cannot be asked is absent. */
export async function inspectGpu(): Promise<GpuReport> {
  const ask = async (file: string, args: string[]): Promise<string> =>
    run(file, args, { timeout: 10_000, windowsHide: true }).then(
      ({ stdout }) => stdout,
      () => '',
    );
  const [smi, ldconfig] = await Promise.all([
    ask('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader']),
    process.platform === 'linux' ? ask('/sbin/ldconfig', ['-p']) : '',
  ]);
  return { ...parseNvidiaSmi(smi), libraries: parseLdconfig(ldconfig) };
}
