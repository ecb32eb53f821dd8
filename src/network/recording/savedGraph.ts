// A written graph as TensorFlow runs it: a SavedModel of a graph alone, whose session keeps its variables.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { encodeSavedModel, type NodeDef } from '../graphdef/schema';
import type { TensorFlow } from '../tensorflow/tensorflow';

const tag = 'serve';

/** What the Node backend does with SavedModels. */
interface SessionBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    infos: readonly { name: string }[],
    outputs: readonly string[],
  ): Tensor[];
  deleteSavedModel(id: number): void;
}

export type FedValues = Float32Array | Int32Array | Uint8Array;

/** What stands for a placeholder in a run. */
export interface Fed {
  dtype: 'float32' | 'int32' | 'bool';
  shape: readonly number[];
  values: FedValues;
}

/** A graph in a session of TensorFlow's, until it is disposed. */
export class SavedGraph {
  private readonly id: number;

  constructor(
    private readonly tf: TensorFlow,
    nodes: readonly NodeDef[],
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'facenet-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes, tag));
      this.id = this.backend.loadSavedModelMetaGraph(folder, tag);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private get backend(): SessionBackend {
    return this.tf.backend() as unknown as SessionBackend;
  }

  /**
   * One call: feeds placeholders by their names and gives results, by `name` or `name:k`, as copies. Each new set of
   * names costs TensorFlow a look at the whole graph.
   */
  run(feeds: ReadonlyMap<string, Fed>, fetches: readonly string[]): (Float32Array | Int32Array | Uint8Array)[] {
    const { tf, id } = this;
    let values: (Float32Array | Int32Array | Uint8Array)[] = [];
    // Not the result of `tidy`, which would look for tensors among all the numbers.
    tf.tidy(() => {
      const inputs = [...feeds.values()].map((fed) => tf.tensor(fed.values, [...fed.shape], fed.dtype));
      const infos = [...feeds.keys()].map((name) => ({ name: `${name}:0` }));
      const outputs = fetches.map((name) => (name.includes(':') ? name : `${name}:0`));
      values = this.backend.runSavedModel(id, inputs, infos, outputs).map((tensor) => tensor.dataSync());
    });
    return values;
  }

  dispose(): void {
    this.backend.deleteSavedModel(this.id);
  }
}
