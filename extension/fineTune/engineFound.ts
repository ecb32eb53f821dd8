import * as vscode from 'vscode';
import { doctorReportSchema } from '../../src/protocol/engines';
import { describeError } from '../../src/protocol/errors';
import type { EnginePreference } from '../../src/protocol/trainConfig';
import type { TrainingDevice } from '../../src/train/plan/trainingDevice';
import { readAnswer } from '../jobs/commandAnswer';
import type { CommandLine } from '../jobs/commandLine';

/** What would train on this machine when the fastest that loads is asked for. */
export interface EngineFound {
  device: TrainingDevice;
  /** Why nothing faster, one sentence each. */
  notes: string[];
}

/** Asks `facenet doctor`; where it cannot be asked, the engine that is always there is assumed and the reason noted. */
export async function lookForEngine(commandLine: CommandLine): Promise<EngineFound> {
  try {
    const { stdout } = await commandLine.run(['doctor', '--json']);
    const { training, frozen } = readAnswer(doctorReportSchema, 'doctor', stdout);
    if (training.engine === 'wasm') return { device: 'wasm', notes: training.notes };
    // Frozen passes go to TensorFlow only where it uses a GPU.
    return { device: frozen.engine === training.engine ? 'gpu' : 'cpu', notes: training.notes };
  } catch (error) {
    return { device: 'wasm', notes: [describeError(error)] };
  }
}

/** Who trains with a preference; only `auto` depends on what was found. */
export function deviceFor(preference: EnginePreference, found: EngineFound): TrainingDevice {
  return preference === 'auto' ? found.device : preference;
}

export function deviceName(device: TrainingDevice): string {
  switch (device) {
    case 'wasm':
      return vscode.l10n.t('WebAssembly (built in)');
    case 'cpu':
      return vscode.l10n.t('TensorFlow on the CPU');
    case 'gpu':
      return vscode.l10n.t('TensorFlow on the GPU');
  }
}
