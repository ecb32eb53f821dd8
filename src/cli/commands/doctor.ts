import { type Command, type CommandOutput, printJson } from '../command';
import { doctorText } from '../doctorText';

/** Shared by `facenet doctor` and `facenet engine doctor`. */
export async function runDoctor(json: boolean, output: CommandOutput): Promise<number> {
  const { doctor } = await import('../../engine/doctor');
  const report = await doctor();
  if (json) printJson(output, report);
  else for (const line of doctorText(report)) output.line(line);
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
