// `facenet identify` in a child process: the networks are never loaded in here.
import { dirname, resolve } from 'node:path';
import type { RecognizedPhotograph } from '../../src/protocol/recognition';
import { type CommandLine, failureOf } from '../jobs/commandLine';

export interface IdentifyOptions {
  model: string;
  /** Report that the threshold is from; absent: the one that lies beside the model, or is of its training. */
  report?: string | undefined;
  gallery: string;
  /** Absolute. */
  photographs: readonly string[];
  signal: AbortSignal;
  /** Told first: the similarity below which a face is unknown, where one is known for the model. */
  onThreshold: (threshold: number | undefined) => void;
  onPhotograph: (photograph: RecognizedPhotograph) => void;
  onNote: (note: string) => void;
}

/**
 * Finds the faces of photographs and the enrolled people whom they are most like, whose pictures it tells absolute; each
 * photograph is told as it is done.
 * @throws UserError with the command's own line, StoppedError where it was given up
 */
export async function identify(commandLine: CommandLine, options: IdentifyOptions): Promise<void> {
  const { model, report, gallery, photographs, signal } = options;
  const { recognizedPhotographSchema, recognitionThresholdSchema } = await import('../../src/protocol/recognition');
  const home = dirname(gallery);
  const onLine = (line: string): void => {
    const value = parse(line);
    const photograph = recognizedPhotographSchema.safeParse(value);
    if (photograph.success) return options.onPhotograph(withPaths(photograph.data, home));
    const first = recognitionThresholdSchema.safeParse(value);
    if (first.success) options.onThreshold(first.data.threshold ?? undefined);
  };
  const command = ['identify', 'who', gallery, model, ...photographs, '--lines', '--upright'];
  if (report !== undefined) command.push('--report', report);
  const { code, stderr } = await commandLine.run(command, { signal, onLine });
  if (code !== 0) throw failureOf('identify', code, stderr);
  for (const note of stderr.split('\n').filter((line) => line.trim() !== '')) options.onNote(note);
}

/** A line of JSON; undefined for what a library says on the way. */
function parse(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function withPaths(photograph: RecognizedPhotograph, home: string): RecognizedPhotograph {
  if ('problem' in photograph) return photograph;
  const faces = photograph.faces.map((face) => ({
    ...face,
    nearest: face.nearest.map((near) => ({ ...near, file: resolve(home, near.file) })),
  }));
  return { ...photograph, faces };
}
