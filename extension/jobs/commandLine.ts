// Short questions that need native modules are asked of the command line in a child process, never answered in here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { nodeForWorkers, workerEnvironment } from './nodeForWorkers';

export interface CommandLineResult {
  code: number | null;
  stdout: string;
  /** What was said on the way; a failed command ends it with its one line. */
  stderr: string;
}

export class CommandLine {
  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * Runs `facenet ARGS` and resolves when it has ended, whatever its exit code.
   *
   * @throws UserError when it is not built or no Node is found.
   */
  async run(args: readonly string[], options: { cwd?: string; signal?: AbortSignal } = {}): Promise<CommandLineResult> {
    const program = join(this.extensionPath, 'dist', 'cli.cjs');
    if (!existsSync(program))
      throw new UserError(`The command line is not built (${program} is missing).`, 'Run npm run build.');
    const runtime = await nodeForWorkers(this.log);
    this.log.debug(`facenet ${args.join(' ')}`);
    const child = spawn(runtime.executable, [program, ...args], {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.signal !== undefined && { signal: options.signal }),
      env: { ...process.env, ...workerEnvironment(runtime) },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    // Decoded as a whole, so that no character is cut between two chunks.
    return { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
  }
}
