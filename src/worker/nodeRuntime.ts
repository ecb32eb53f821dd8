// Which Node runs the worker. The extension host's own is Electron's and may be of any age, so it is the last choice.
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { UserError, describeError } from '../protocol/errors';

/** Oldest major version of Node that runs the worker; the same as `engines.node` of package.json. */
const minimumNodeMajor = 20;

export type RuntimeSource = 'setting' | 'FACENET_NODE' | 'PATH' | 'this process';

/** One link of the chain and what came of it, for the output channel, the doctor and the error. */
export interface RuntimeStep {
  source: RuntimeSource;
  executable?: string;
  accepted: boolean;
  /** `Node 20.11.1`, or why it was not taken. */
  outcome: string;
}

export interface NodeRuntime {
  executable: string;
  version: string;
  source: RuntimeSource;
  /** To be added to the worker's environment. */
  env: Record<string, string>;
  steps: RuntimeStep[];
}

export interface RuntimeQuestion {
  /** Value of the user's setting; empty counts as absent. */
  setting?: string | undefined;
  environment?: NodeJS.ProcessEnv;
  /** This process's own executable. */
  execPath?: string;
  platform?: NodeJS.Platform;
}

const electronEnv = { ELECTRON_RUN_AS_NODE: '1' };

async function versionOf(executable: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(executable, ['-p', 'process.versions.node'], {
    env: { ...environment, NODE_OPTIONS: '' },
    timeout: 15_000,
    windowsHide: true,
  });
  const version = stdout.trim();
  const major = Number(/^(\d+)\.\d+\.\d+/.exec(version)?.[1]);
  if (Number.isNaN(major)) throw new Error(`is not Node (it answered ${JSON.stringify(version.slice(0, 40))})`);
  if (major < minimumNodeMajor) throw new Error(`is Node ${version}, older than ${minimumNodeMajor}`);
  return version;
}

async function onPath(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string[]> {
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    const executable = join(folder, name);
    const usable = await access(executable, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) found.push(executable);
  }
  return found;
}

/**
 * Finds the Node that runs the worker: the setting, else FACENET_NODE, else the first `node` ≥ 20 on PATH, else this
 * process's own executable (VS Code's with ELECTRON_RUN_AS_NODE). What the user has named is used or it is an error:
 * only the links that nobody chose are passed over.
 *
 * @throws UserError naming the setting or variable whose program is not Node ≥ 20, or every link when none serves.
 */
export async function findNodeRuntime(question: RuntimeQuestion = {}): Promise<NodeRuntime> {
  const environment = question.environment ?? process.env;
  const steps: RuntimeStep[] = [];
  const consider = async (source: RuntimeSource, executable: string, env: Record<string, string>) => {
    try {
      const version = await versionOf(executable, { ...environment, ...env });
      steps.push({ source, executable, accepted: true, outcome: `Node ${version}` });
      return { executable, version, source, env, steps };
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      steps.push({ source, executable, accepted: false, outcome: missing ? 'is not there' : describeError(error) });
      return undefined;
    }
  };

  const named: [RuntimeSource, string | undefined, string][] = [
    ['setting', question.setting, 'Correct or clear the setting facenet.nodePath.'],
    ['FACENET_NODE', environment.FACENET_NODE, 'Correct or unset the environment variable FACENET_NODE.'],
  ];
  for (const [source, executable, action] of named) {
    if (executable === undefined || executable === '') {
      steps.push({ source, accepted: false, outcome: 'not set' });
      continue;
    }
    const runtime = await consider(source, executable, {});
    if (runtime !== undefined) return runtime;
    throw new UserError(`The Node named by ${source}, ${executable}, ${steps.at(-1)!.outcome}.`, action);
  }

  const candidates = await onPath(environment, question.platform ?? process.platform);
  if (candidates.length === 0) steps.push({ source: 'PATH', accepted: false, outcome: 'no node on it' });
  for (const executable of candidates) {
    const runtime = await consider('PATH', executable, {});
    if (runtime !== undefined) return runtime;
  }

  const own = await consider('this process', question.execPath ?? process.execPath, electronEnv);
  if (own !== undefined) return own;
  throw new UserError(
    `No Node ${minimumNodeMajor} or newer was found: ${steps.map(describeStep).join('; ')}.`,
    'Install Node from nodejs.org, or name one in the setting facenet.nodePath.',
  );
}

/** One link of the chain as a phrase, e.g. `PATH: /usr/bin/node is Node 18.19.0, older than 20`. */
export function describeStep(step: RuntimeStep): string {
  return `${step.source}: ${step.executable === undefined ? '' : `${step.executable} `}${step.outcome}`;
}
