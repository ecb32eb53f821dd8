// The `facenet` command: finds the subcommand, loads only its module, and turns its outcome into an exit code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../engine/installation';
import { StoppedError } from '../protocol/errors';
import { exitCodes, outcomeOf } from './outcome';
import { parserOf } from './parser';
import { commandOfPython } from './pythonCommand/commandOfPython';
import { isPython, scriptOf } from './pythonCommand/scripts';
import { commandsMatching, overview, registry } from './registry';
import { createOutput } from './terminal';
import { collectEarly } from '../worker/heap';

const output = createOutput(process.stdout, process.stderr);
const stop = new AbortController();
const force = new AbortController();

/**
 * First request: stop politely. Second: end at once, as Ctrl-C ends a program that does not handle it (130 in a shell);
 * an orderly exit would wait for native threads at work, or crash on them. What is on disk is whole: files are renamed
 * into place.
 */
function onStopRequest(): void {
  if (stop.signal.aborted) {
    force.abort();
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
    return;
  }
  stop.abort(new StoppedError());
  output.problem('Stopping: finishing the step and saving. Ctrl-C again stops at once.');
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Runs `facenet` with these arguments; resolves to its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [typed, ...rest] = argv;
  if (typed !== undefined && (isPython(typed) || scriptOf(typed) !== undefined)) {
    const { command, args } = commandOfPython(argv);
    return main([command, ...args]);
  }
  if (typed === '--version') {
    output.line(version());
    return exitCodes.done;
  }
  if (typed === undefined || typed === '--help' || typed === '-h' || typed === 'help') {
    process.stdout.write(overview());
    return typed === undefined ? exitCodes.usage : exitCodes.done;
  }
  const names = commandsMatching(typed);
  const entry = names.length === 1 ? registry[names[0]!] : undefined;
  if (entry === undefined) {
    const choice = names.length === 0 ? Object.keys(registry) : names;
    const what = names.length === 0 ? `there is no command ${typed}` : `${typed} is ambiguous`;
    output.problem(`facenet: error: ${what} (choose from ${choice.join(', ')})`);
    return exitCodes.usage;
  }
  const { command } = await entry.load();
  const options = parserOf(command).parse_args([...rest]);
  return command.run(options, { output, signal: stop.signal, force: force.signal, cwd: process.cwd(), argv: rest });
}

/** Prints what went wrong; returns the exit code. */
function explain(error: unknown): number {
  const { code, lines } = outcomeOf(error, process.env.FACENET_DEBUG === '1');
  output.endProgress();
  for (const line of lines) output.problem(line);
  return code;
}

/** Ends the process once what was written has left it; native libraries may keep threads that never end. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onStopRequest);
// The terminal was closed. Node undoes what nohup sets, so nohup is known by its redirected output: the job goes on.
process.on('SIGHUP', () => {
  // Writing to it may have failed before: that was the same request, not a second one.
  if ((process.stdout.isTTY || process.stderr.isTTY) && !stop.signal.aborted) onStopRequest();
});
for (const stream of [process.stdout, process.stderr]) {
  // The reader (`facenet inspect … | head`) or the terminal is gone: nobody to write to, so stop like on Ctrl-C.
  stream.on('error', () => stop.abort(new StoppedError()));
}
process.on('uncaughtException', (error) => leave(explain(error)));
process.on('unhandledRejection', (error) => leave(explain(error)));

collectEarly();
main(process.argv.slice(2)).then(
  (code) => {
    output.endProgress();
    leave(code);
  },
  (error: unknown) => leave(explain(error)),
);
