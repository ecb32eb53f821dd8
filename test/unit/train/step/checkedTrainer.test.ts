import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutOfMemoryError } from '../../../../src/engine/outOfMemory';
import { CheckedTrainer, differenceOfChanges } from '../../../../src/train/step/checkedTrainer';
import type { StepOutcome, StepRequest, StepTrainer } from '../../../../src/train/step/stepTrainer';

/** A trainer of one variable of two values, whose steps add `move` to it. */
class Moving implements StepTrainer {
  readonly unit = 1;
  readonly tensorBytes = 0;
  made = 0;
  isDisposed = false;

  constructor(
    private readonly name: string,
    private values: readonly number[],
    private readonly move: readonly number[] | Error | 'not finite',
    public steps = 0,
  ) {}

  restore(steps: number): void {
    this.steps = steps;
  }
  async step(): Promise<StepOutcome> {
    if (this.move instanceof Error) throw this.move;
    if (this.move === 'not finite') return Promise.resolve({ made: false, broken: {} });
    this.made++;
    this.steps++;
    this.values = this.values.map((value, i) => value + (this.move as readonly number[])[i]!);
    return Promise.resolve({ made: true });
  }
  async weights(): ReturnType<StepTrainer['weights']> {
    return Promise.resolve(new Map([['w', { shape: [2], data: Float32Array.from(this.values) }]]));
  }
  async optimizerState(): ReturnType<StepTrainer['optimizerState']> {
    return Promise.resolve(new Map<string, never>());
  }
  async measures(): ReturnType<StepTrainer['measures']> {
    const prelogits = { rows: 0, data: new Float32Array(0) };
    return Promise.resolve([{ step: this.steps, loss: 0, learningRate: 1, values: { [this.name]: 1 }, prelogits }]);
  }
  async validate(): ReturnType<StepTrainer['validate']> {
    return Promise.reject(new Error('nothing is validated here'));
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

type Move = ConstructorParameters<typeof Moving>[2];

function checked(graphMove: Move, plainMove: Move) {
  const graph = new Moving('graph', [1, 2], graphMove);
  const plains: Moving[] = [];
  const reasons: string[] = [];
  const trainer = new CheckedTrainer({
    graph,
    openPlain: ({ weights }, steps) => {
      const plain = new Moving('plain', [...weights.get('w')!.data], plainMove, steps);
      plains.push(plain);
      return plain;
    },
    onPlain: async (reason) => {
      reasons.push(reason);
      return Promise.resolve();
    },
  });
  const step = async (isRest = false): Promise<StepOutcome> => trainer.step({ isRest } as StepRequest);
  const values = async (): Promise<number[]> => [...(await trainer.weights()).get('w')!.data];
  return { graph, plains, reasons, trainer, step, values };
}

test('a graph that learns the same goes on, and is held against the other way once', async () => {
  const { graph, plains, reasons, trainer, step, values } = checked([0.5, 0.25], [0.501, 0.25]);
  for (let i = 0; i < 3; i++) assert.ok((await step()).made);
  assert.deepEqual(await values(), [2.5, 2.75]);
  assert.deepEqual([graph.made, plains.length, plains[0]!.made, plains[0]!.isDisposed], [3, 1, 1, true]);
  assert.deepEqual(reasons, []);
  assert.ok('graph' in (await trainer.measures())[0]!.values);
});

for (const [what, move, reason] of [
  ['learns something else', [0.5, -0.25], /differs by 89 % from/],
  ['fails', new Error('no kernel for Conv2D'), /^a graph fails here: no kernel for Conv2D$/],
  ['is not finite', 'not finite', /is not finite, and that without one is/],
] as const) {
  test(`a graph that ${what} is given up, and the steps go on from the first of the other way`, async () => {
    const { graph, plains, reasons, trainer, step, values } = checked(move, [0.5, 0.25]);
    trainer.restore(7, new Map());
    for (let i = 0; i < 3; i++) assert.ok((await step()).made);
    assert.deepEqual(await values(), [2.5, 2.75]);
    assert.deepEqual([graph.isDisposed, plains.length, plains[0]!.steps], [true, 1, 10]);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, reason);
    assert.ok('plain' in (await trainer.measures())[0]!.values);
    trainer.dispose();
    assert.ok(plains[0]!.isDisposed);
  });
}

test('want of memory and a step that is finite neither way are left to who hears of them', async () => {
  const scarce = checked(new OutOfMemoryError('no room'), [0.5, 0.25]);
  await assert.rejects(scarce.step(), OutOfMemoryError);
  assert.ok(scarce.plains[0]!.isDisposed);
  const broken = checked('not finite', 'not finite');
  assert.equal((await broken.step()).made, false);
  assert.deepEqual([broken.reasons, broken.graph.isDisposed, broken.plains[0]!.isDisposed], [[], false, true]);
});

test('what a round leaves is not compared; the first full batch after it is, after as many steps', async () => {
  const { plains, step } = checked([0.5, 0.25], [0.5, 0.25]);
  await step(true);
  assert.equal(plains.length, 0);
  await step();
  assert.deepEqual([plains.length, plains[0]!.steps], [1, 2]);
});

test('changes are compared by their lengths together', () => {
  const of = (...values: number[]) => new Map([['w', { shape: [values.length], data: Float32Array.from(values) }]]);
  assert.equal(differenceOfChanges(of(1, 1), of(1, 1), of(1, 1)), 0);
  assert.equal(differenceOfChanges(of(1, 1), of(1, 1), of(1, 2)), Infinity);
  assert.equal(differenceOfChanges(of(0, 0), of(3, 4), of(3, 9)), 1);
  assert.ok(Number.isNaN(differenceOfChanges(of(0, 0), of(3, 4), of(3, NaN))));
});
