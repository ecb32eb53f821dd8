import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { StepAxis } from '../../../webview/chart/stepAxis';

function axisOf(last: number): { axis: StepAxis; changes: () => number } {
  let changes = 0;
  const axis = new StepAxis(() => changes++);
  axis.setEnd(last);
  return { axis, changes: () => changes };
}

test('shows all steps and grows with the run until it is zoomed', () => {
  const { axis, changes } = axisOf(100);
  assert.deepEqual(axis.shown, [0, 100]);
  axis.setEnd(150);
  assert.deepEqual(axis.shown, [0, 150]);
  axis.pan(1);
  assert.deepEqual(axis.shown, [0, 150], 'there is nowhere to move to');
  assert.equal(changes(), 0);
  axis.zoomTo(80, 40);
  axis.setEnd(200);
  assert.deepEqual(axis.shown, [40, 80], 'what is looked at stays');
  axis.reset();
  assert.deepEqual(axis.shown, [0, 200]);
  assert.equal(changes(), 2);
});

test('zooming keeps the step under the pointer where it is', () => {
  const { axis } = axisOf(1000);
  axis.zoomBy(0.5, 250);
  assert.deepEqual(axis.shown, [125, 625]);
  axis.zoomBy(0.5, 250);
  assert.deepEqual(axis.shown, [187.5, 437.5]);
  axis.zoomBy(100);
  assert.equal(axis.zoom, undefined, 'further out than everything is everything');
});

test('moves by parts of what is seen, up to the ends, and brings a step into view', () => {
  const { axis } = axisOf(1000);
  axis.zoomTo(100, 200);
  axis.pan(0.25);
  assert.deepEqual(axis.shown, [125, 225]);
  axis.pan(-9);
  assert.deepEqual(axis.shown, [0, 100]);
  axis.pan(99);
  assert.deepEqual(axis.shown, [900, 1000]);
  axis.reveal(950);
  assert.deepEqual(axis.shown, [900, 1000]);
  axis.reveal(890);
  assert.deepEqual(axis.shown, [890, 990]);
});

test('whatever is done, the range lies within the run and is no shorter than can be seen', () => {
  const action = fc.oneof(
    fc.tuple(fc.constant('zoomTo' as const), fc.integer({ min: -50, max: 5000 }), fc.integer({ min: -50, max: 5000 })),
    fc.tuple(fc.constant('zoomBy' as const), fc.double({ min: 0.01, max: 20, noNaN: true }), fc.nat(3000)),
    fc.tuple(fc.constant('pan' as const), fc.double({ min: -3, max: 3, noNaN: true }), fc.constant(0)),
    fc.tuple(fc.constant('setEnd' as const), fc.nat(4000), fc.constant(0)),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const { axis } = axisOf(1000);
      let last = 1000;
      for (const [name, a, b] of actions) {
        if (name === 'setEnd') axis.setEnd((last = Math.max(1, a)));
        else if (name === 'pan') axis.pan(a);
        else axis[name](a, b);
        const [from, to] = axis.shown;
        assert.ok(from >= -1e-6 && to <= last + 1e-6, `${from} … ${to} of ${last}`);
        assert.ok(to - from >= Math.min(4, last) - 1e-6, `${from} … ${to} of ${last}`);
      }
    }),
  );
});
