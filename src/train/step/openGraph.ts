// A step's graph in its session, whose variables have the values of a training while it is open.
import { type Fed, SavedGraph } from '../../network/recording/savedGraph';
import { elementCount } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { type Bundle, joinedValues } from './bundles';
import { feedOf, resetSlots, setGroup, type StepGraph, type VariableGroup } from './stepGraph';

export type Values = Map<string, Float32Array>;
export type GroupedValues = Record<VariableGroup, Values>;

/** A slot of the optimizer, and what it is before the first step. */
export interface Slot {
  name: string;
  shape: readonly number[];
  initial: number;
}

/** For batches of so many images in passes of so many. */
export class OpenGraph {
  readonly graph: Omit<StepGraph, 'nodes'>;
  private readonly session: SavedGraph;

  constructor(
    tf: TensorFlow,
    { nodes, ...graph }: StepGraph,
    readonly images: number,
    readonly largest: number,
  ) {
    this.graph = graph;
    this.session = new SavedGraph(tf, nodes);
  }

  run(...parameters: Parameters<SavedGraph['run']>): ReturnType<SavedGraph['run']> {
    return this.session.run(...parameters);
  }

  /** Gives all variables their values; slots that are not among them are as before the first step. */
  set({ weights, slots, averages }: GroupedValues, slotsOfAll: readonly Slot[]): void {
    const { variables } = this.graph;
    const feeds = new Map<string, Fed>();
    const sets: string[] = [];
    const add = (group: VariableGroup, valueOfName: (name: string) => Float32Array): void => {
      if (variables[group].length === 0) return;
      sets.push(setGroup(group));
      for (const bundle of variables[group]) {
        const { name, shape } = bundle;
        feeds.set(feedOf(name), { dtype: 'float32', shape, values: joinedValues(bundle, valueOfName) });
      }
    };
    add('weights', (name) => weights.get(name)!);
    add('averages', (name) => averages.get(name)!);
    if (slots.size === 0) {
      if (variables.slots.length > 0) sets.push(resetSlots);
    } else {
      const firsts = new Map(slotsOfAll.map((slot) => [slot.name, slot]));
      add('slots', (name) => slots.get(name) ?? firstValueOf(firsts.get(name)!));
    }
    this.session.run(feeds, sets);
  }

  /** Copies of what the variables of a group are. */
  values(group: VariableGroup): Values {
    const all = [...this.graph.values[group]];
    // A call without anything to give is none that TensorFlow takes.
    if (all.length === 0) return new Map();
    const values = this.session.run(
      new Map(),
      all.map(([, output]) => output),
    );
    return new Map(all.map(([name], index) => [name, values[index] as Float32Array]));
  }

  /** Of all variables; what else a session holds TensorFlow does not tell. */
  get bytes(): number {
    const all: Bundle[] = Object.values(this.graph.variables).flat();
    return Float32Array.BYTES_PER_ELEMENT * all.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  }

  dispose(): void {
    this.session.dispose();
  }
}

export function firstValueOf({ shape, initial }: Slot): Float32Array {
  return new Float32Array(elementCount(shape)).fill(initial);
}
