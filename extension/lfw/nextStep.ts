// What may follow a verdict, done by the commands that there are.
import * as vscode from 'vscode';
import type { LfwReport } from '../../src/protocol/lfwReport';
import type { RunRecord } from '../../src/protocol/run';
import type { NextStep } from '../../src/protocol/verdict';
import type { LfwConfig } from '../../src/protocol/trainConfig';
import { commandIds } from '../identifiers';
import { checkpointsOfRun } from '../workspace/runCheckpoints';

/** What a step is about. */
interface Subject {
  /** The model that was measured. */
  model: string;
  /** The one that it was made from. */
  startedFrom?: string;
  dataDir?: string;
  /** A dataset of people whom the model may be asked about. */
  people?: string;
  /** The pairs of the measurement. */
  lfw?: LfwConfig;
  /** Images that pairs can be drawn of, and a training whose people are left out. */
  pairs?: { dir: string; apartFrom?: string };
}

/** Takes a step that a training's verdict offers; what is still open is asked. */
export async function takeNextStep(step: NextStep, folder: string, record: RunRecord): Promise<void> {
  const { config } = record;
  const checkpoints = await checkpointsOfRun(record, folder);
  const checkpoint = checkpoints.find(({ best }) => best) ?? checkpoints.at(-1);
  await take(step, {
    model: checkpoint?.prefix ?? folder,
    ...(config?.pretrainedModel !== undefined && { startedFrom: config.pretrainedModel }),
    ...(config !== undefined && { dataDir: config.dataDir, people: config.dataDir, lfw: config.lfw }),
    ...(config?.lfw !== undefined && { pairs: { dir: config.lfw.dir, apartFrom: folder } }),
  });
}

/** The same for a report whose training is not known. */
export async function takeNextStepOfReport(step: NextStep, { model, imagesDir }: LfwReport): Promise<void> {
  await take(step, { model: model.path, ...(imagesDir !== '' && { pairs: { dir: imagesDir } }) });
}

async function take(step: NextStep, { model, startedFrom, dataDir, lfw, pairs, people }: Subject): Promise<void> {
  const training = { ...(dataDir !== undefined && { dataDir }), ...(lfw !== undefined && { lfw }) };
  switch (step) {
    case 'tryOnPhotographs':
      return vscode.commands.executeCommand(commandIds.recognize, {
        model,
        ...(people !== undefined && { people }),
      });
    case 'export':
      return vscode.commands.executeCommand(commandIds.exportModel, { model });
    case 'trainLonger':
      return vscode.commands.executeCommand(commandIds.fineTune, { ...training, model });
    case 'trainAgain':
      return vscode.commands.executeCommand(commandIds.fineTune, {
        ...training,
        ...(startedFrom !== undefined && { model: startedFrom }),
      });
    case 'harderPairs':
      return vscode.commands.executeCommand(commandIds.generatePairs, pairs ?? {});
    case 'validate':
      return vscode.commands.executeCommand(commandIds.validateOnLfw, { model });
  }
}
