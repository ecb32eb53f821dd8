import { launchOf, type Launch } from '../../mpi/launcher';
import { type Command, type CommandContext, type CommandOutput, printJson } from '../command';
import { doctorText, rankText } from '../doctorText';
import { exitCodes } from '../outcome';

/** Shared by `facenet doctor` and `facenet engine doctor`. */
export async function runDoctor(json: boolean, output: CommandOutput): Promise<number> {
  const { doctor } = await import('../../engine/doctor');
  const report = await doctor();
  if (json) printJson(output, report);
  else for (const line of doctorText(report)) output.line(line);
  return report.healthy ? 0 : 1;
}

/** Of what mpirun has started several times: one page, which rank 0 prints. */
async function runOnRanks(launch: Launch, json: boolean, context: CommandContext): Promise<number> {
  const { openRank } = await import('../rankedTraining');
  const rank = await openRank(launch, context);
  if (rank === undefined) return exitCodes.usage;
  const { reports, places } = rank;
  let code: number = exitCodes.done;
  if (rank.rank === 0) {
    const { output } = context;
    if (json) printJson(output, { library: places.library, ranks: reports });
    else {
      for (const line of rankText(places.library, reports)) output.line(line);
      output.line('');
      code = await runDoctor(false, output);
    }
  }
  await rank.leave();
  return code;
}

export const command: Command = {
  name: 'doctor',
  summary: 'Look at everything the workbench stands on and say what to do.',
  configure(parser) {
    parser.add_argument('--json', { action: 'store_true', help: 'print the report as JSON' });
  },
  async run(options, context) {
    const launch = launchOf(process.env);
    const json = options.json === true;
    return launch === undefined ? runDoctor(json, context.output) : runOnRanks(launch, json, context);
  },
};
