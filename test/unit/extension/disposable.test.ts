import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Disposable, disposeAll, toDisposable } from '../../../extension/disposable';

class Owner extends Disposable {
  own(name: string, order: string[]): { dispose(): void } {
    return this.register({ dispose: () => order.push(name) });
  }
  letGo(thing: { dispose(): void }): void {
    this.release(thing);
  }
}

test('owned things are disposed once, newest first', () => {
  const order: string[] = [];
  const owner = new Owner();
  owner.own('first', order);
  owner.own('second', order);
  owner.dispose();
  owner.dispose();
  assert.deepEqual(order, ['second', 'first']);
  assert.ok(owner.isDisposed);
});

test('a late addition is disposed at once', () => {
  const order: string[] = [];
  const owner = new Owner();
  owner.dispose();
  owner.own('late', order);
  assert.deepEqual(order, ['late']);
});

test('what is released is disposed then and not again', () => {
  const order: string[] = [];
  const owner = new Owner();
  const thing = owner.own('thing', order);
  owner.letGo(thing);
  assert.deepEqual(order, ['thing']);
  owner.dispose();
  assert.deepEqual(order, ['thing']);
});

test('one that throws does not keep the others alive, and is heard', () => {
  const order: string[] = [];
  const throwing = { dispose: () => assert.fail('cannot') };
  assert.throws(() => disposeAll([throwing, { dispose: () => order.push('other') }]), /cannot/);
  assert.deepEqual(order, ['other']);
});

test('a function becomes a disposable that is called once', () => {
  let calls = 0;
  const disposable = toDisposable(() => calls++);
  disposable.dispose();
  disposable.dispose();
  assert.equal(calls, 1);
});
