import { UserError } from '../../protocol/errors';
import { findScript, isPython } from './scripts';
import { type ShellCommand, splitShellLine } from './shellLine';

/** The scripts of the reference that train. */
const trainings = ['train_softmax', 'train_tripletloss'] as const;
type TrainingScript = (typeof trainings)[number];

/** A command line that trains, with one sentence for each part of it that changes nothing. */
export interface PastedCommand {
  script: TrainingScript;
  args: string[];
  notes: string[];
}

/** Their other side is another command, which is named as such. */
const separators = new Set([';', '|', '|&', '&&', '||']);

function noScript(): UserError {
  return new UserError(
    'This is no command line of train_softmax.py or train_tripletloss.py.',
    'Paste one like "python src/train_softmax.py --data_dir …".',
  );
}

/**
 * Finds the training in a line of a terminal's history, by train_softmax.py or train_tripletloss.py. What stands around it (sudo, variables, redirections, other
 * commands) is named in `notes`; nothing is left out in silence.
 * @throws UserError when the line does not train, or a shell would have to run a part of it
 */
export function parsePastedCommand(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PastedCommand {
  if (text.trim() === '') throw noScript();
  const unknown = new Set<string>();
  const commands = splitShellLine(text, environment, (variable) => unknown.add(variable));
  const found = commands.map((command) => ({ command, script: findScript(command.words) }));
  const trained = found.flatMap(({ command, script }) => {
    const name = trainings.find((training) => training === script?.script);
    return name === undefined ? [] : [{ command, ...script!, script: name }];
  });
  const [training, ...more] = trained;
  if (training === undefined) throw refusalOf(found.map(({ script }) => script?.script));
  if (more.length > 0) {
    throw new UserError(`The line trains ${trained.length} times.`, 'Paste one of the commands at a time.');
  }
  const { command, script, index, args } = training;
  const others = commands.filter((other) => other !== command).map(({ words }) => words.join(' '));
  const notes = [
    ...others.map((words) => `"${words}" is left out: it is another command of the line.`),
    ...notesBefore(command.words.slice(0, index)),
    ...notesAround(command),
    ...[...unknown].map((name) => `$${name} has no value here and stands as it was written.`),
  ];
  return { script, args, notes };
}

function refusalOf(scripts: readonly (string | undefined)[]): UserError {
  const other = scripts.find((script) => script !== undefined);
  if (other === undefined) return noScript();
  return new UserError(
    `The line runs ${other}.py, neither train_softmax.py nor train_tripletloss.py.`,
    `Only trainings have a configuration; in a terminal try "facenet python ${other}.py …".`,
  );
}

/** Words before the script: interpreter and its options, environment variables, programs that start programs. */
function notesBefore(words: readonly string[]): string[] {
  const variables = words.filter((word) => /^[A-Za-z_]\w*=/.test(word));
  const rest = words.filter((word) => !variables.includes(word) && !isPython(word) && word !== '-m');
  const notes = variables.map((assignment) =>
    assignment.startsWith('PYTHONPATH=')
      ? `${assignment} has no effect: no Python is started.`
      : `${assignment} is not part of a configuration: set it in the environment that VS Code or facenet is started in.`,
  );
  if (rest.length > 0) notes.push(`"${rest.join(' ')}" before the script has no effect.`);
  return notes;
}

function notesAround({ around }: ShellCommand): string[] {
  return around
    .filter((part) => !separators.has(part))
    .map((part) =>
      part.startsWith('#')
        ? `The comment "${part}" is left out.`
        : part === '&'
          ? '"&" has no effect: a training runs in a process of its own anyway.'
          : `"${part}" has no effect: what a training says is kept in its run folder.`,
    );
}
