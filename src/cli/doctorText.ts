import type { DoctorCheck, DoctorReport } from '../protocol/engines';

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
