import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heart } from '../../../src/jobs/heart';
import { type Verdict, Watchdog, usualPatience } from '../../../src/worker/watchdog';

/** Looks once a second; each entry is a unit with the seconds that it takes and the cores that it uses. */
function watch(
  units: readonly { seconds: number; cores?: number; unit?: 'step' | 'images' }[],
): (Verdict & { at: number })[] {
  const watchdog = new Watchdog(usualPatience);
  const verdicts: (Verdict & { at: number })[] = [];
  let at = 0;
  for (const [beats, { seconds, cores = 0, unit = 'step' }] of units.entries()) {
    for (let second = 0; second < seconds; second++, at++) {
      const verdict = watchdog.look({ seconds: 1, beats, unit, cpuSeconds: cores });
      if (verdict !== undefined) verdicts.push({ ...verdict, at });
    }
  }
  return verdicts;
}

const steps = Array.from({ length: 50 }, (_, index) => ({ seconds: index === 20 ? 60 : 2 }));
const before = steps.reduce((sum, { seconds }) => sum + seconds, 0);

test('a step that takes less than ten times the slowest one before is left alone', () => {
  assert.deepEqual(watch([...steps, { seconds: 590 }, { seconds: 1 }]), []);
});

test('a step that takes longer and uses no processor hangs, which is said once', () => {
  const verdicts = watch([...steps, { seconds: 3000 }]);
  assert.equal(verdicts.length, 1);
  const [{ is, at, unit, slowest, cores }] = verdicts as [Verdict & { at: number }];
  assert.deepEqual([is, unit, slowest, cores], ['hanging', 'step', 60, 0]);
  assert.ok(Math.abs(at - (before + 600)) <= 2, `${at} after ${before}`);
});

test('one that uses the processor is said to be slow, once, and only much later to hang', () => {
  const verdicts = watch([...steps, { seconds: 3000, cores: 1.5 }]);
  assert.deepEqual(
    verdicts.map(({ is, at }) => [is, Math.round((at - before) / 10) * 10]),
    [
      ['slow', 600],
      ['hanging', 2400],
    ],
  );
  assert.ok(Math.abs(verdicts[1]!.cores - 1.5) < 0.01);
});

test('fast steps have the least patience, the first unit of a kind has the most', () => {
  const fast = Array.from({ length: 50 }, () => ({ seconds: 1 }));
  assert.equal(watch([...fast, { seconds: 299 }]).length, 0);
  assert.equal(watch([...fast, { seconds: 310 }]).length, 1);
  assert.equal(watch([...fast, { seconds: 1700, unit: 'images' }]).length, 0);
  assert.equal(watch([...fast, { seconds: 1900, unit: 'images' }]).length, 1);
});

test('time in which the process did not run is none: a machine that slept for a night has no hanging job', () => {
  const watchdog = new Watchdog(usualPatience);
  const look = (seconds: number) => watchdog.look({ seconds, beats: 1, unit: 'step', cpuSeconds: 0 });
  for (let second = 0; second < 100; second++) assert.equal(look(1), undefined);
  assert.equal(look(8 * 3600), undefined);
  for (let second = 0; second < 100; second++) assert.equal(look(1), undefined);
});

test('a heart is read in another thread as it was written', () => {
  const heart = new Heart();
  const other = new Heart(heart.memory);
  const first = { beats: 0, unit: 'preparing', step: 0, turns: 0, debugged: false, apart: false };
  assert.deepEqual(other.read(), first);
  heart.beat('step', 1_000_000);
  heart.beat('saving');
  heart.turn();
  heart.debug(true);
  heart.work(true);
  assert.deepEqual(other.read(), { beats: 2, unit: 'saving', step: 1_000_000, turns: 1, debugged: true, apart: true });
});
