// Sentences of the extension host that say in the window's language what the core says in English, and counts of things.
import assert from 'node:assert/strict';
import { counted, grouped } from '../../../extension/counts';
import { levelName, levelsFor, levelWords } from '../../../extension/fineTune/levels';
import { phasesInWords } from '../../../extension/fineTune/summary';
import { activityInWords, amountInWords } from '../../../extension/jobs/progressWords';
import { describeActivity } from '../../../extension/jobs/activity';
import { readAnswer } from '../../../extension/jobs/commandAnswer';
import { problemInWords, problemKindInWords } from '../../../extension/datasets/problemWords';
import { describeProblem, problemMessage } from '../../../src/dataset/problems';
import { type Problem, type ProblemKind, problemListSchema } from '../../../src/protocol/problem';
import { activities, trainingActivity } from '../../../src/protocol/activities';
import type { ProgressEvent } from '../../../src/protocol/events';

const place = { path: '/d/Ada/1.png', person: 'Ada' };
const foreign = (namedAsImage: boolean, type?: 'gif'): Problem => ({
  ...{ kind: 'not-an-image', ...place },
  fault: { kind: 'foreign', namedAsImage, ...(type !== undefined && { type }) },
});

/** Each kind of problem, in every form that its sentence has. */
const problems: Record<ProblemKind, Problem[]> = {
  'not-an-image': [foreign(true), foreign(false), foreign(true, 'gif'), foreign(false, 'gif')],
  unreadable: [
    { kind: 'unreadable', ...place, fault: { kind: 'unread', reason: 'EACCES: permission denied' } },
    { kind: 'unreadable', ...place, fault: { kind: 'empty' } },
    { kind: 'unreadable', ...place, fault: { kind: 'damaged', reason: 'premature end of JPEG image' } },
    { kind: 'unreadable', ...place, fault: { kind: 'many-pixels', width: 50_000, height: 50_000, most: 25_000_000 } },
    { kind: 'unreadable', ...place, fault: { kind: 'many-bytes', bytes: 300 << 20, most: 256 << 20 } },
  ],
  'too-small': [{ kind: 'too-small', ...place, width: 4, height: 1200, minSize: 20 }],
  turned: [{ kind: 'turned', ...place, orientation: 6 }],
  'single-image-person': [{ kind: 'single-image-person', ...place }],
  'empty-person': [{ kind: 'empty-person', ...place }],
  duplicate: [{ kind: 'duplicate', ...place, original: '/d/Grace/{0}.png' }],
  'also-in-lfw': [
    { kind: 'also-in-lfw', ...place },
    { kind: 'also-in-lfw', ...place, lfwName: 'Ada_Lovelace' },
  ],
};

function progress(activity: string, done: number, total: number, unit: string): ProgressEvent {
  return { type: 'progress', time: 0, activity, done, total, unit };
}

describe('the words of the window', () => {
  it('are, in English, those of the terminal for every problem of a dataset', () => {
    const said = Object.values(problems).flat();
    assert.deepEqual(said.map(problemInWords), said.map(describeProblem));
    const printed = JSON.stringify(said.map((problem) => ({ ...problem, message: problemMessage(problem) })));
    assert.deepEqual(readAnswer(problemListSchema, 'clean', printed), said);
    const kinds = Object.keys(problems) as ProblemKind[];
    const short = kinds.map(problemKindInWords);
    assert.equal(new Set(short).size, kinds.length);
  });

  it('say in one sentence that a command has answered what this version does not know', () => {
    const answered = (json: string) => () => readAnswer(problemListSchema, 'clean', json);
    const sentence = (why: string): RegExp =>
      new RegExp(`^UserError: facenet clean has answered what this window does not understand \\(${why}\\)\\.$`);
    assert.throws(answered('[{"kind":"too-small","path":"/x","person":"Ada"}]'), sentence('0\\.width: .+'));
    assert.throws(answered('[{"kind":"hologram","path":"/x","person":"Ada"}]'), sentence('0\\.kind: .+'));
    assert.throws(answered('Warning: 1 problem'), sentence('it is not JSON'));
    assert.throws(
      answered('{}'),
      (error: { action?: string }) => error.action?.startsWith('Reload the window') === true,
    );
  });

  it('say one thing as one, and more with their thousands apart', () => {
    assert.deepEqual([counted.images(0), counted.images(1), counted.images(2)], ['0 images', '1 image', '2 images']);
    assert.deepEqual([counted.people(1), counted.people(12_400)], ['1 person', '12,400 people']);
    assert.equal(grouped(999), '999');
    for (const [things, count] of Object.entries(counted)) {
      assert.match(count(1), /^1 [a-z]+$/, things);
      assert.equal(count(2), `2 ${things}`);
      assert.notEqual(count(1), `1 ${things}`);
    }
    const phase = { name: 'classifier', trainableFrom: 'Logits', learningRate: 0.1, batchNorm: 'frozen' } as const;
    assert.equal(phasesInWords([{ ...phase, epochs: 1 }]), 'classifier 1 epoch');
    assert.equal(phasesInWords([{ ...phase, epochs: 2 }]), 'classifier 2 epochs');
  });

  it('are, in English, those of the worker for what it does', () => {
    for (const activity of Object.values(activities)) {
      // The worker says it as the reference does; the pairs may be anybody's.
      const said = activity === activities.evaluating ? 'Measuring on pairs' : activity;
      assert.equal(activityInWords(activity), said);
    }
    assert.equal(activityInWords(trainingActivity('last block')), 'Training last block');
    assert.equal(activityInWords('Something newer'), 'Something newer');
    assert.equal(amountInWords(progress('', 120, 300, 'images')), '120/300 images');
    assert.equal(amountInWords(progress('', 0, 1, 'images')), '0/1 image');
    assert.equal(amountInWords(progress('', 1, 1, 'photographs')), '1/1 photograph');
    assert.equal(amountInWords(progress('', 3, 12, 'MB')), '3/12 MB');
    assert.equal(amountInWords(progress('', 3, 0, 'images')), undefined);
    const aligning = { ...progress(activities.aligning, 120, 300, 'images'), etaSeconds: 12 };
    assert.equal(describeActivity(aligning), 'Aligning 120/300 images, about 12 s left');
  });

  it('name each level, and say in a line that nothing cuts off what it does', () => {
    for (const [people, images] of [
      [3, 12],
      [24, 288],
      [500, 10_000],
    ] as const) {
      const levels = levelsFor({ people, images }, 'gpu');
      assert.deepEqual(
        levels.map(({ id }) => levelName(id)),
        ['Recommended', 'Quick', 'Thorough'],
      );
      const words = levels.map(levelWords);
      assert.ok(new Set(words).size >= 2);
      for (const line of words) assert.match(line, /^[A-Z].{20,69}$/);
    }
  });
});
