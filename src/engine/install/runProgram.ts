import { spawn } from 'node:child_process';
import treeKill from 'tree-kill';
import { StoppedError, UserError } from '../../protocol/errors';

export interface RunProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Called for every line of output that is not empty. */
  onLine?: (line: string) => void;
}

/** How a program ended, with the last lines that it printed. */
export interface ProgramEnd {
  code: number | null;
  lines: string[];
}

/** Enough to hold what a compiler says about its first error. */
const keptLines = 200;

/**
 * Runs a program to its end. Aborting ends it with all the processes that it has started.
 * @throws UserError when it cannot be started; StoppedError when aborted.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<ProgramEnd> {
  const { signal, onLine } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new StoppedError('Stopped.'));
      return;
    }
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      // npm is a script with a suffix of its own on Windows, which only a shell finds.
      shell: process.platform === 'win32',
      windowsHide: true,
      // The leader of a process group, which is ended in one call.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const abort = (): void => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      if (process.platform === 'win32') treeKill(child.pid, 'SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      const take = (line: string): void => {
        const text = line.trimEnd();
        if (text === '') return;
        lines.push(text);
        if (lines.length > keptLines) lines.shift();
        onLine?.(text);
      };
      stream.setEncoding('utf8');
      stream.on('data', (data: string) => {
        // A progress bar returns to the start of its line instead of ending it.
        const parts = (rest + data).split(/[\r\n]+/);
        rest = parts.pop()!;
        parts.forEach(take);
      });
      stream.on('end', () => take(rest));
    }
    child.on('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(new UserError(`${command} cannot be started: ${error.message}.`, 'Is it installed and on the PATH?'));
    });
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted === true) reject(new StoppedError('Stopped.'));
      else resolve({ code, lines });
    });
  });
}
