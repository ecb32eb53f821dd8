// A thread that answers questions.
import { parentPort, type ResourceLimits, type TransferListItem, Worker } from 'node:worker_threads';
import { receivedError, type SentError, sentError } from './sentError';

/** What it makes lives for one question; without a bound it lets tens of megabytes gather before it collects them. */
const limits: ResourceLimits = { maxYoungGenerationSizeMb: 6 };

interface Asked<Question> {
  id: number;
  question: Question;
}

interface Reply<Answer> {
  id: number;
  answer?: Answer;
  failure?: SentError;
}

interface Waiting<Answer> {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** The side of whoever asks. The thread keeps its process alive only while it is asked something. */
export class AskedThread<Question, Answer> {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private asked = 0;
  private ended: Error | undefined;

  /**
   * @param program a built one, which calls `answerQuestions`
   * @param work what the thread does, for errors: "looks at images"
   */
  constructor(program: string, work: string) {
    this.worker = new Worker(program, { resourceLimits: limits });
    this.worker.on('message', ({ id, answer, failure }: Reply<Answer>) => {
      const { resolve, reject } = this.waiting.get(id)!;
      this.waiting.delete(id);
      if (this.waiting.size === 0) this.worker.unref();
      if (failure === undefined) resolve(answer!);
      else reject(receivedError(failure));
    });
    this.worker.on('error', (error) => this.end(`a thread that ${work} has failed (${error.message})`));
    this.worker.on('exit', (code) => this.end(`a thread that ${work} ended with code ${code}`));
    // After the listeners, of which that of messages has the thread keep its process.
    this.worker.unref();
  }

  /** Questions that are not answered yet. */
  get open(): number {
    return this.waiting.size;
  }

  /** @throws what the answer to it throws, and where the thread has ended */
  async ask(question: Question): Promise<Answer> {
    if (this.ended !== undefined) throw this.ended;
    const asked: Asked<Question> = { id: this.asked++, question };
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.set(asked.id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage(asked);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private end(reason: string): void {
    this.ended ??= new Error(reason);
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}

/**
 * The thread's side: answers what it is asked, several questions at once where answers take their time.
 * @param given what of an answer is handed over instead of being copied
 */
export function answerQuestions<Question, Answer>(
  answerTo: (question: Question) => Promise<Answer>,
  given: (answer: Answer) => TransferListItem[] = () => [],
): void {
  const port = parentPort!;
  port.on('message', ({ id, question }: Asked<Question>) => {
    answerTo(question).then(
      (answer) => port.postMessage({ id, answer } satisfies Reply<Answer>, given(answer)),
      (error: unknown) => port.postMessage({ id, failure: sentError(error) } satisfies Reply<Answer>),
    );
  });
}
