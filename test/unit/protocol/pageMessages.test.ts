import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPageMessage } from '../../../src/protocol/pageMessages';
import type { FromPage, PageName } from '../../../src/protocol/webview';

test('what a page may say is taken as it is', () => {
  const said: { [Name in PageName]: FromPage<Name>[] } = {
    run: [
      { type: 'ready' },
      { type: 'view', view: { smoothing: 0.6 } },
      { type: 'openReport', report: 'evaluations/1.json' },
      { type: 'overlayRuns', folders: ['/runs/a'], choose: false },
      { type: 'exportCsv', range: [0, 10] },
      { type: 'exportCsv' },
      { type: 'exportPng', png: new Uint8Array(3) },
      { type: 'stopRun' },
      { type: 'takeStep', step: 'export' },
      { type: 'resumeRun' },
      { type: 'resumeRun', slower: true },
      { type: 'revealFolder' },
    ],
    lfw: [
      { type: 'exportReport', format: 'html', threshold: 1.1 },
      { type: 'chooseBaseline' },
      { type: 'openPicture', path: 'a/b.png' },
      { type: 'openPhotograph', path: 'a/b.png' },
      { type: 'wantPhotographs', a: 'a/b.png', b: 'c/d.png' },
      { type: 'wrongLabel', path: 'a/b.png' },
      { type: 'excludeImage', path: 'a/b.png' },
      { type: 'takeStep', step: 'trainLonger' },
    ],
    checkpoint: [{ type: 'askCheckpoint', what: 'plan' }, { type: 'revealFolder' }],
    gallery: [
      { type: 'openImage', path: 'a/b.png' },
      { type: 'revealImage', path: 'a/b.png' },
      { type: 'wantThumbnails', paths: ['a/b.png'] },
      { type: 'refreshGallery' },
      { type: 'selectImages', paths: ['a/b.png'] },
      { type: 'imageAction', action: 'move', paths: ['a/b.png'] },
      { type: 'undoImages' },
    ],
    runs: [
      { type: 'onRuns', what: 'delete', folders: ['/runs/a', '/runs/b'] },
      { type: 'followLineage', index: 2 },
    ],
    alignment: [
      { type: 'openImage', path: 'a/b.png' },
      { type: 'wantThumbnails', paths: ['a/b.png'] },
      { type: 'correctFace', path: 'a/b.png', face: 0, box: [1, 2, 3.5, 4] },
      { type: 'showFaces' },
      { type: 'fineTune' },
    ],
    recognize: [
      { type: 'openPhotographs' },
      { type: 'openFolder' },
      { type: 'chooseGallery' },
      { type: 'dropped', uris: 'file:///a/b.png' },
      { type: 'openImage', path: '/a/b.png' },
      { type: 'wantThumbnails', paths: ['/a/b.png'] },
    ],
    compare: [
      { type: 'addPhotographs' },
      { type: 'chooseModel' },
      { type: 'measureModel' },
      { type: 'dropped', uris: 'file:///a/b.png' },
      { type: 'openImage', path: '/a/b.png' },
    ],
    identification: [{ type: 'revealFolder' }],
    classification: [{ type: 'openImage', path: 'a/b.png' }],
  };
  for (const [name, messages] of Object.entries(said)) {
    for (const message of messages) assert.deepEqual(readPageMessage(name as PageName, message), message);
  }
});

test('anything else is nothing', () => {
  const wrong: unknown[] = [
    undefined,
    'ready',
    [],
    { type: 'constructor' },
    { type: 'openPicture' },
    { type: 'openPicture', path: ['a'] },
    { type: 'openPicture', path: 'x'.repeat(10_000) },
    { type: 'exportReport', format: 'exe', threshold: 1 },
    { type: 'takeStep', step: 'giveUp' },
    { type: 'exportReport', format: 'html', threshold: Number.NaN },
    { type: 'view', view: null },
    // Of another page.
    { type: 'stopRun' },
  ];
  for (const message of wrong) assert.equal(readPageMessage('lfw', message), undefined, JSON.stringify(message));
  assert.equal(readPageMessage('gallery', { type: 'wantThumbnails', paths: Array(100_000).fill('a') }), undefined);
  fc.assert(fc.property(fc.anything(), (message) => readPageMessage('run', message) === undefined));
});
