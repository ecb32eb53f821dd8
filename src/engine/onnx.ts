import { UserError } from '../protocol/errors';

export interface OnnxSessionOptions {
  /** Threads of one run. Default: the physical parallelism ONNX Runtime finds. Use 1 inside a pool of workers. */
  threads?: number;
  /** Idle threads spin instead of sleeping: a little faster alone on the machine, much slower beside other work. */
  spinning?: boolean;
  /** Input sizes change from run to run: no memory plan is kept per size. */
  dynamicShapes?: boolean;
}

export interface ForwardResult {
  data: Float32Array;
  shape: number[];
}

/** A network ready for frozen forward passes. */
export interface ForwardSession {
  /** Runs on `input` (row-major, `shape` with the batch first); the outputs in the order of the model. */
  run(input: Float32Array, shape: readonly number[]): Promise<ForwardResult[]>;
  dispose(): Promise<void>;
}

async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new UserError(
      `ONNX Runtime cannot be loaded on ${process.platform}-${process.arch}: ${(error as Error).message.split('\n')[0]}`,
      'Run "facenet doctor" to see what is missing.',
      { cause: error },
    );
  }
}

/** Opens an ONNX model on the CPU. @throws UserError when ONNX Runtime cannot be loaded. */
export async function openOnnxSession(model: Uint8Array, options: OnnxSessionOptions = {}): Promise<ForwardSession> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    interOpNumThreads: 1,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    enableMemPattern: options.dynamicShapes !== true,
    extra: { session: { intra_op: { allow_spinning: options.spinning === true ? '1' : '0' } } },
    logSeverityLevel: 3,
  });
  const inputName = session.inputNames[0]!;
  return {
    async run(input, shape) {
      const results = await session.run({ [inputName]: new ort.Tensor('float32', input, shape) });
      return session.outputNames.map((name) => {
        const { data, dims } = results[name]!;
        return { data: data as Float32Array, shape: [...dims] };
      });
    },
    dispose: () => session.release(),
  };
}
