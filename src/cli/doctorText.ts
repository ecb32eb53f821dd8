import type { DoctorCheck, DoctorReport } from '../protocol/engines';
import type { RankReport } from '../worker/rankProcess';

const marks: Record<DoctorCheck['status'], string> = { ok: '✓', absent: '–', problem: '✗' };
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** The report of doctor as a person reads it, line by line. */
export function doctorText({ node, system, gpu, checks, training, frozen }: DoctorReport): string[] {
  const glibc = system.glibc === undefined ? '' : `, glibc ${system.glibc}`;
  const libraries = gpu.libraries.length === 0 ? '' : `; ${gpu.libraries.join(', ')}`;
  const driver = gpu.driver === undefined ? '' : `, driver ${gpu.driver}`;
  return [
    `Node ${node.version} (ABI ${node.abi}, N-API ${node.napi}) on ${system.platform}`,
    `${system.processors} processors, ${gigabytes(system.memory)} memory${glibc}`,
    gpu.devices.length === 0 ? `no NVIDIA GPU${libraries}` : `${gpu.devices.join(', ')}${driver}${libraries}`,
    '',
    ...checks.flatMap(({ name, status, detail, action }) => [
      `${marks[status]} ${name}: ${detail}`,
      ...(action === undefined ? [] : [`    ${action}`]),
    ]),
    '',
    `Training:      ${training.engine}`,
    ...training.notes.map((note) => `    ${note}`),
    `Frozen passes: ${frozen.engine}`,
  ];
}

/** The ranks that a launcher has started, line by line. */
export function rankText(library: string, reports: readonly RankReport[]): string[] {
  const machines = new Set(reports.map(({ host }) => host)).size;
  return [
    `${reports.length} ranks on ${machines} ${machines === 1 ? 'machine' : 'machines'}`,
    `MPI: ${library}`,
    ...reports.map(
      (report, rank) =>
        `    rank ${rank}: ${report.host}, process ${report.pid}, ${deviceOfRank(report)}, ${report.cores} cores`,
    ),
  ];
}

function deviceOfRank({ gpu, gpus }: RankReport): string {
  if (gpus === 0 || gpu === '') return 'no GPU';
  return gpu === undefined ? `${gpus === 1 ? 'the GPU' : `all ${gpus} GPUs`}` : `GPU ${gpu} of ${gpus}`;
}
