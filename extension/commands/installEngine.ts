import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { StoppedError, UserError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { browseFolder, pickOne } from '../inputs/pickers';
import { optionsOf } from '../inputs/targets';
import { failureOf } from '../jobs/commandLine';
import type { Services } from '../services';
import { shorten } from '../workspace/library';

/** What Install Engine may be called with, as `facenet engine install` takes it; without a package it is asked. */
interface InstallOptions {
  package: 'tfjs-node-gpu' | 'tfjs-node';
  /** Folder of the TensorFlow to build against. */
  tensorflow: string;
  /** Where to install. */
  into: string;
}

type Way = 'stockGpu' | 'stockCpu' | 'library' | 'python';

const title = (): string => vscode.l10n.t('Install Engine');
/** One at a time: two installations into one folder spoil each other. */
let installing = false;

/**
 * Installs TensorFlow for training outside of the workbench, then says what trains from now on. Cancel ends npm and the
 * compiler with it. Resolves to the name of the engine that is used.
 */
export async function installEngine(services: Services, argument?: unknown): Promise<string | undefined> {
  if (installing) {
    throw new UserError(
      vscode.l10n.t('An engine is being installed already.'),
      vscode.l10n.t('Wait for it, or cancel it in its notification.'),
    );
  }
  installing = true;
  try {
    const given = optionsOf<InstallOptions>(argument);
    const chosen = given.package === undefined ? await ask() : given;
    if (chosen === undefined) return undefined;
    await install(services, chosen);
    return await tellWhatTrains(services);
  } finally {
    installing = false;
  }
}

async function ask(): Promise<Partial<InstallOptions> | undefined> {
  const way = await pickOne<Way>(
    title(),
    vscode.l10n.t('TensorFlow for training; installed for your user, not for this workspace'),
    [
      {
        label: vscode.l10n.t('TensorFlow for NVIDIA GPUs'),
        description: '@tensorflow/tfjs-node-gpu',
        detail: vscode.l10n.t(
          'TensorFlow 2.9 with CUDA 11.2 and cuDNN 8.1, which must be there; GPUs until 2022. Downloads about 400 MB.',
        ),
        value: 'stockGpu',
      },
      {
        label: vscode.l10n.t('TensorFlow for the CPU'),
        description: '@tensorflow/tfjs-node',
        detail: vscode.l10n.t('Several times faster than the embedded engine. Downloads about 150 MB.'),
        value: 'stockCpu',
      },
      {
        label: vscode.l10n.t('Built against the TensorFlow of a Python'),
        description: 'Linux',
        detail: vscode.l10n.t('For newer GPUs and newer CUDA. Needs a compiler (gcc, make) and Python.'),
        value: 'python',
      },
      {
        label: vscode.l10n.t('Built against a TensorFlow library in a folder'),
        description: 'Linux',
        detail: vscode.l10n.t('A folder with the library (libtensorflow) and its include files. Needs a compiler.'),
        value: 'library',
      },
    ],
  );
  switch (way) {
    case undefined:
      return undefined;
    case 'stockGpu':
      return { package: 'tfjs-node-gpu' };
    case 'stockCpu':
      return { package: 'tfjs-node' };
    case 'python':
    case 'library': {
      const tensorflow =
        way === 'python'
          ? await pickPython()
          : await browseFolder(vscode.l10n.t('Folder with libtensorflow and include'), vscode.l10n.t('Choose'));
      return tensorflow === undefined ? undefined : { package: 'tfjs-node-gpu', tensorflow };
    }
  }
}

/** A virtual environment of the workspace, the Python on PATH, or any environment; resolves to what holds TensorFlow. */
async function pickPython(): Promise<string | undefined> {
  const environments = await vscode.workspace.findFiles('**/pyvenv.cfg', '**/node_modules/**', 20);
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const choice = await pickOne(title(), vscode.l10n.t('Python whose TensorFlow is used'), [
    ...environments.map(({ fsPath }) => ({
      label: shorten(dirname(fsPath)),
      description: vscode.l10n.t('virtual environment'),
      value: dirname(fsPath),
    })),
    { label: python, description: vscode.l10n.t('the one on PATH'), value: 'path' },
    { label: `$(folder-opened) ${vscode.l10n.t('Choose the folder of a virtual environment…')}`, value: 'browse' },
  ]);
  if (choice === 'browse') {
    return browseFolder(vscode.l10n.t('Folder of the virtual environment'), vscode.l10n.t('Choose'));
  }
  return choice === 'path' ? tensorflowOf(python) : choice;
}

/** Folder of the TensorFlow that a Python imports. @throws UserError when it has none. */
async function tensorflowOf(python: string): Promise<string> {
  try {
    const program = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
    const { stdout } = await promisify(execFile)(python, ['-c', program], { timeout: 60_000 });
    return stdout.trim();
  } catch (cause) {
    throw new UserError(
      vscode.l10n.t('{0} has no TensorFlow.', python),
      vscode.l10n.t('Install it with "{0} -m pip install tensorflow", or choose another Python.', python),
      { cause },
    );
  }
}

async function install({ commandLine, log }: Services, options: Partial<InstallOptions>): Promise<void> {
  const args = [
    ...['engine', 'install', '--package', options.package ?? 'tfjs-node-gpu'],
    ...(options.tensorflow === undefined ? [] : ['--tensorflow', options.tensorflow]),
    ...(options.into === undefined ? [] : ['--into', options.into]),
  ];
  const stop = new AbortController();
  const progressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Installing TensorFlow'),
    cancellable: true,
  };
  const { code, stderr } = await vscode.window.withProgress(progressOptions, async (progress, token) => {
    token.onCancellationRequested(() => stop.abort());
    const onLine = (line: string): void => {
      log.info(`engine: ${line}`);
      if (line.trim() !== '') progress.report({ message: shortened(line.trim()) });
    };
    return commandLine.run(args, { signal: stop.signal, onLine }).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
      throw new StoppedError(vscode.l10n.t('Stopped; the engine is not installed.'));
    });
  });
  if (code !== 0) throw failureOf('engine install', code, stderr);
}

/** Looks at the engines anew and says which of them trains; resolves to its name. */
async function tellWhatTrains({ commandLine, notices }: Services): Promise<string> {
  const { code, stdout, stderr } = await commandLine.run(['engine', 'list', '--json']);
  if (code !== 0) throw failureOf('engine list', code, stderr);
  const { engines, chosen } = JSON.parse(stdout) as { engines: { name: string; state: string }[]; chosen: string };
  const setting = vscode.workspace.getConfiguration('facenet').get<string>('engine', 'auto');
  const state = engines.find(({ name }) => name === chosen)?.state;
  const sentences = [
    vscode.l10n.t('Training uses {0} from now on{1}.', chosen, state === undefined ? '' : `: ${state}`),
    ...(setting === 'auto' ? [] : [vscode.l10n.t('The setting facenet.engine asks for "{0}".', setting)]),
  ];
  notices.information(
    sentences.join(' '),
    { title: vscode.l10n.t('Doctor'), run: () => vscode.commands.executeCommand(commandIds.doctor) },
    { title: vscode.l10n.t('Fine-Tune…'), run: () => vscode.commands.executeCommand(commandIds.fineTune) },
  );
  return chosen;
}

/** A line of npm or the compiler as it fits into a notification. */
function shortened(line: string): string {
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
