import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { notificationOptions } from '../jobs/progressNotification';
import { shownNotification } from '../shown';
import { engineListSchema } from '../../src/protocol/engines';
import { StoppedError, UserError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { browseFolder, pickOne } from '../inputs/pickers';
import { optionsOf } from '../inputs/targets';
import { readAnswer } from '../jobs/commandAnswer';
import { failureOf } from '../jobs/commandLine';
import { properNames } from '../properNames';
import type { Services } from '../services';
import { shorten } from '../workspace/library';

/** What Install Engine may be called with, as `facenet engine install` takes it; without a package it is asked. */
interface InstallOptions {
  package: 'tfjs-node-gpu' | 'tfjs-node';
  /** What to build against: a Python with TensorFlow, its folder or environment, or an unpacked libtensorflow. */
  python: string;
  tensorflow: string;
  libtensorflow: string;
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
        description: properNames.tensorflowGpu,
        detail: vscode.l10n.t(
          'TensorFlow 2.9 with CUDA 11.2 and cuDNN 8.1, which must be there; GPUs until 2022. Downloads about 400 MB.',
        ),
        value: 'stockGpu',
      },
      {
        label: vscode.l10n.t('TensorFlow for the CPU'),
        description: properNames.tensorflowCpu,
        detail: vscode.l10n.t('Several times faster than the embedded engine. Downloads about 150 MB.'),
        value: 'stockCpu',
      },
      {
        label: vscode.l10n.t('Built against the TensorFlow of a Python'),
        description: properNames.linux,
        detail: vscode.l10n.t('For newer GPUs and newer CUDA. Needs a compiler (gcc, make) and Python.'),
        value: 'python',
      },
      {
        label: vscode.l10n.t('Built against a TensorFlow library in a folder'),
        description: [properNames.linux, properNames.macOS].join(', '),
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
    case 'python': {
      const python = await pickPython();
      return python === undefined ? undefined : { package: 'tfjs-node-gpu', ...python };
    }
    case 'library': {
      const libtensorflow = await browseFolder(
        vscode.l10n.t('Folder with include and lib of libtensorflow'),
        vscode.l10n.t('Choose'),
      );
      return libtensorflow === undefined ? undefined : { package: 'tfjs-node-gpu', libtensorflow };
    }
  }
}

/** The Python on PATH, or a virtual environment: one of the workspace, or any. */
async function pickPython(): Promise<Pick<InstallOptions, 'python'> | Pick<InstallOptions, 'tensorflow'> | undefined> {
  const environments = await vscode.workspace.findFiles('**/pyvenv.cfg', '**/node_modules/**', 20);
  const choice = await pickOne(title(), vscode.l10n.t('Python whose TensorFlow is used'), [
    ...environments.map(({ fsPath }) => ({
      label: shorten(dirname(fsPath)),
      description: vscode.l10n.t('virtual environment'),
      value: dirname(fsPath),
    })),
    { label: properNames.python3, description: vscode.l10n.t('the one on PATH'), value: 'python3' },
    { label: `$(folder-opened) ${vscode.l10n.t('Choose the folder of a virtual environment…')}`, value: 'browse' },
  ]);
  if (choice === 'python3') return { python: choice };
  const tensorflow =
    choice === 'browse'
      ? await browseFolder(vscode.l10n.t('Folder of the virtual environment'), vscode.l10n.t('Choose'))
      : choice;
  return tensorflow === undefined ? undefined : { tensorflow };
}

async function install({ commandLine, log }: Services, options: Partial<InstallOptions>): Promise<void> {
  const flag = (name: 'python' | 'tensorflow' | 'libtensorflow' | 'into'): string[] => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}`, value];
  };
  const args = [
    ...['engine', 'install', '--package', options.package ?? 'tfjs-node-gpu'],
    ...[...flag('python'), ...flag('tensorflow'), ...flag('libtensorflow'), ...flag('into')],
  ];
  const stop = new AbortController();
  const progressOptions = notificationOptions(vscode.l10n.t('Installing TensorFlow'));
  const { code, stderr } = await vscode.window.withProgress(progressOptions, async (progress, token) => {
    token.onCancellationRequested(() => stop.abort(new StoppedError()));
    const onLine = (line: string): void => {
      log.info(`engine: ${line}`);
      if (line.trim() !== '') progress.report({ message: shownNotification(shortened(line.trim())) });
    };
    return commandLine.run(args, { signal: stop.signal, onLine }).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
      throw new StoppedError(vscode.l10n.t('Stopped; nothing is installed, and what was there is as it was.'));
    });
  });
  if (code !== 0) throw failureOf('engine install', code, stderr);
}

/** Looks at the engines anew and says which of them trains; resolves to its name. */
async function tellWhatTrains({ commandLine, notices }: Services): Promise<string> {
  const { code, stdout, stderr } = await commandLine.run(['engine', 'list', '--json']);
  if (code !== 0) throw failureOf('engine list', code, stderr);
  const { engines, chosen } = readAnswer(engineListSchema, 'engine list', stdout);
  const setting = vscode.workspace.getConfiguration('facenet').get<string>('engine', 'auto');
  const state = engines.find(({ name }) => name === chosen)?.state;
  const sentences = [
    state === undefined
      ? vscode.l10n.t('Training uses {0} from now on.', chosen)
      : vscode.l10n.t('Training uses {0} from now on: {1}.', chosen, state),
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
