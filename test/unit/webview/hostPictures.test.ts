import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import { HostPictures } from '../../../webview/gallery/hostPictures';

const data = 'data:image/jpeg;base64,AAAA';

describe('pictures that the host makes', () => {
  beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  test('are asked for once, when the sight is still, without those that are there', () => {
    const asks: string[][] = [];
    const pictures = new HostPictures((paths) => asks.push(paths));
    pictures.inSight(['a', 'b']);
    mock.timers.tick(60);
    pictures.inSight(['b', 'c']);
    mock.timers.tick(60);
    assert.deepEqual(asks, []);
    mock.timers.tick(60);
    assert.deepEqual(asks, [['b', 'c']]);
    pictures.receive([{ path: 'b', data }]);
    pictures.inSight(['b', 'c']);
    mock.timers.tick(1000);
    assert.equal(asks.length, 1, 'c is under way');
    pictures.inSight(['b', 'c', 'd']);
    mock.timers.tick(1000);
    assert.deepEqual(asks.at(-1), ['c', 'd'], 'the newest question holds all that is missing');
    assert.deepEqual(pictures.of('b'), { path: 'b', data });
  });

  test('a problem is an answer too; after a refresh everything is asked for again', () => {
    const asks: string[][] = [];
    const pictures = new HostPictures((paths) => asks.push(paths));
    pictures.receive([{ path: 'a', problem: 'Broken.' }]);
    pictures.inSight(['a']);
    mock.timers.tick(1000);
    assert.deepEqual(asks, []);
    pictures.clear();
    pictures.inSight(['a']);
    mock.timers.tick(1000);
    assert.deepEqual(asks, [['a']]);
  });

  test('the oldest make room', () => {
    const pictures = new HostPictures(() => undefined);
    pictures.receive(Array.from({ length: 2100 }, (_, index) => ({ path: String(index), data })));
    assert.equal(pictures.of('99'), undefined);
    assert.ok(pictures.of('100') !== undefined && pictures.of('2099') !== undefined);
  });
});
