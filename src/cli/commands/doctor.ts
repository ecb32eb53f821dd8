import type { DoctorCheck, DoctorReport } from '../../engine/doctor';
import type { Command, CommandOutput } from '../command';

const marks: Record<DoctorCheck['status'], string> = { ok: '✓', absent: '–', problem: '✗' };
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** The report as a person reads it. */
export function printDoctorReport(report: DoctorReport, output: CommandOutput): void {
  const { node, system, gpu } = report;
  output.line(`Node ${node.version} (ABI ${node.abi}, N-API ${node.napi}) on ${system.platform}`);
  output.line(
    `${system.processors} processors, ${gigabytes(system.memory)} memory${system.glibc === undefined ? '' : `, glibc ${system.glibc}`}`,
  );
  const libraries = gpu.libraries.length === 0 ? '' : `; ${gpu.libraries.join(', ')}`;
  const driver = gpu.driver === undefined ? '' : `, driver ${gpu.driver}`;
  output.line(
    gpu.devices.length === 0 ? `no NVIDIA GPU${libraries}` : `${gpu.devices.join(', ')}${driver}${libraries}`,
  );
  output.line('');
  for (const { name, status, detail, action } of report.checks) {
    output.line(`${marks[status]} ${name}: ${detail}`);
    if (action !== undefined) output.line(`    ${action}`);
  }
  output.line('');
  output.line(`Training:      ${report.training.engine}`);
  for (const note of report.training.notes) output.line(`    ${note}`);
  output.line(`Frozen passes: ${report.frozen.engine}`);
}

/** Shared by `facenet doctor` and `facenet engine doctor`. */
export async function runDoctor(json: boolean, output: CommandOutput): Promise<number> {
  const { doctor } = await import('../../engine/doctor');
  const report = await doctor();
  if (json) output.line(JSON.stringify(report, undefined, 2));
  else printDoctorReport(report, output);
  return report.healthy ? 0 : 1;
}

export const command: Command = {
  name: 'doctor',
  summary: 'Look at everything the workbench stands on and say what to do.',
  configure(parser) {
    parser.add_argument('--json', { action: 'store_true', help: 'print the report as JSON' });
  },
  run: async (options, { output }) => runDoctor(options.json === true, output),
};
