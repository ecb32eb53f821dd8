// Why a working process that could not say so itself has ended.
import type { WorkUnit } from '../protocol/jobContext';
import type { RunRecord } from '../protocol/run';
import type { RecoveryCause } from '../protocol/recovery';
import type { JobEnd } from './jobProcess';
import type { Pulse } from './pulse';
import { signalOf } from './signalOf';

export interface Failure {
  /** Undefined for what is not to be tried again: ended by somebody, or by a fault of the workbench. */
  cause: Exclude<RecoveryCause, 'divergence'> | undefined;
  /** A sentence without its point. */
  what: string;
  /** Step that did not come to its end; 0 where there was none yet. */
  step: number;
}

export interface Circumstances {
  record: RunRecord;
  end: JobEnd;
  /** It was ended by its keeper for this. */
  hang: Extract<Pulse, { type: 'hanging' }> | undefined;
  /** What speaks for want of memory where it was killed. */
  memoryEvidence: string | undefined;
  /** What it wrote last into worker.log. */
  lastWords: readonly string[];
}

const crashSignals: readonly NodeJS.Signals[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'];
/** Exit codes of Windows for what is a signal elsewhere: access violation, illegal instruction, abort (two ways), stack. */
const windowsCrashes: readonly number[] = [0xc0000005, 0xc000001d, 0xc0000409, 0x40000015, 0xc00000fd];
/** What V8, C++ and TensorFlow write before they abort for want of memory. */
const exhausted = /heap out of memory|std::bad_alloc|OOM when allocating|RESOURCE_EXHAUSTED|[Cc]annot allocate memory/;

/** How long something took, for a person: `40 s`, `12 min`. */
export function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** Judges the end of a working process by what is known of it. */
export function failureOf({ record, end, hang, memoryEvidence, lastWords }: Circumstances): Failure {
  const step = hang?.step ?? end.pulse?.step ?? 0;
  const at = placeOf(step, hang?.unit ?? end.pulse?.unit);
  if (hang !== undefined) {
    const use = hang.cores < 0.05 ? 'without using the processor' : `with ${hang.cores.toFixed(1)} cores at work`;
    return {
      cause: 'hang',
      what: `The worker hung ${at}: nothing came of it for ${inWords(hang.seconds)}, ${use}`,
      step,
    };
  }
  const signal = signalOf(end);
  if (signal === 'SIGKILL') {
    if (memoryEvidence === undefined) {
      return {
        cause: undefined,
        what: `The worker was killed from outside ${at}, and nothing shows that memory ran out`,
        step,
      };
    }
    return { cause: 'memory', what: `The worker was killed ${at} because memory ran out (${memoryEvidence})`, step };
  }
  const isCrash = (signal !== undefined && crashSignals.includes(signal)) || windowsCrashes.includes(end.code ?? 0);
  if (!isCrash) {
    const how = signal ?? `exit code ${end.code}`;
    return { cause: undefined, what: `The worker ended ${at} with ${how} without saying why`, step };
  }
  const name = signal ?? `exit code 0x${end.code!.toString(16)}`;
  const words = lastWords.find((line) => exhausted.test(line));
  if (words !== undefined)
    return { cause: 'memory', what: `The worker ended itself ${at} because memory ran out (${name})`, step };
  const suspect = suspectOf(record, end.pulse?.unit, step);
  return {
    cause: 'crash',
    what: `A native library crashed in the worker ${at} (${name}; ${suspect} was at work)`,
    step,
  };
}

function placeOf(step: number, unit: WorkUnit | undefined): string {
  if (unit === 'saving') return `while it saved step ${step}`;
  if (unit === 'step') return `in step ${step}`;
  return step === 0 ? 'before its first step' : `after step ${step}`;
}

/** Who computes such a unit of work. */
function suspectOf({ engines }: RunRecord, unit: WorkUnit | undefined, step: number): string {
  if (unit === 'step') return engines?.training ?? 'the training engine';
  if (unit === 'images') {
    const { forward = 'an engine that was being opened', training } = engines ?? {};
    // Which makes its variables before the first step.
    const both = step > 0 || training === undefined || training === forward ? forward : `${forward}, ${training}`;
    return `${both} or the decoder of images (sharp)`;
  }
  return 'no engine that is known';
}
