// Short questions that need native modules are asked of the command line in a child process, never answered in here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { StoppedError, UserError } from '../../src/protocol/errors';
import { nodeForWorkers, workerEnvironment } from './nodeForWorkers';

export interface CommandLineResult {
  code: number | null;
  stdout: string;
  /** What was said on the way; a failed command ends it with its one line. */
  stderr: string;
}

/** Time for a command to take away what it has half done. */
const graceMilliseconds = 4000;

export interface CommandLineOptions {
  cwd?: string;
  signal?: AbortSignal;
  /** Called for each line of both streams as it comes. */
  onLine?: (line: string) => void;
}

export class CommandLine {
  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * Runs `facenet ARGS` and resolves when it has ended, whatever its exit code. An aborted signal lets it
   * clean up after itself; after a grace period it is ended with every process that it has started.
   *
   * @throws UserError when it is not built or no Node is found, StoppedError when aborted.
   */
  async run(args: readonly string[], options: CommandLineOptions = {}): Promise<CommandLineResult> {
    const { cwd, signal, onLine } = options;
    const program = join(this.extensionPath, 'dist', 'cli.cjs');
    if (!existsSync(program))
      throw new UserError(
        vscode.l10n.t('The command line is not built ({0} is missing).', program),
        vscode.l10n.t('Run npm run build.'),
      );
    const runtime = await nodeForWorkers(this.log);
    this.log.debug(`facenet ${args.join(' ')}`);
    const { default: treeKill } = await import('tree-kill');
    const child = spawn(runtime.executable, [program, ...args], {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...workerEnvironment(runtime) },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    if (onLine !== undefined)
      for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine);
    let force: NodeJS.Timeout | undefined;
    const kill = (): void => {
      if (child.pid !== undefined) treeKill(child.pid, 'SIGKILL');
    };
    const abort = (): void => {
      // Windows has no signals to send.
      if (process.platform === 'win32') return kill();
      child.kill('SIGINT');
      force = setTimeout(kill, graceMilliseconds);
    };
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      if (signal?.aborted === true) throw new StoppedError(vscode.l10n.t('Stopped.'));
      // Decoded as a whole, so that no character is cut between two chunks.
      return { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
    } finally {
      clearTimeout(force);
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** A command's own line as an error: what it says on standard error ends with it. */
export function failureOf(command: string, code: number | null, stderr: string): UserError {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return new UserError(
    line === ''
      ? vscode.l10n.t('facenet {0} ended with exit code {1} without saying why.', command, String(code))
      : line.replace(/^facenet: /, ''),
  );
}
