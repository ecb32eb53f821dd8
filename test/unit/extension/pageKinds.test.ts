import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pageKinds } from '../../../extension/features';
import type { GalleryTab } from '../../../extension/gallery/galleryImages';
import type { LfwTab } from '../../../extension/lfw/lfwPanel';
import type { CheckpointTab } from '../../../extension/models/checkpointPanel';
import { type AnyPageKind, keyAmong, serve } from '../../../extension/pages/pageKind';
import type { PageState } from '../../../extension/pages/pageState';
import type { RunTab } from '../../../extension/runs/runPanel';
import { installationRoot } from '../../../src/engine/installation';

describe('the kinds of pages', () => {
  test('have names of their own, an icon, and a page that is built for them', () => {
    const names = pageKinds.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, icon } of pageKinds) {
      assert.ok(existsSync(join(installationRoot(), 'media', icon)), icon);
      assert.ok(existsSync(join(installationRoot(), 'webview', name, 'page.ts')), name);
    }
  });

  test('are opened with what they need, each for its own states', async () => {
    const opened: unknown[] = [];
    const kind = (name: 'run' | 'lfw'): AnyPageKind<{ count: number }> => ({
      ...{ name, icon: '', keyOf: () => '' },
      open: async (state, needs) => {
        opened.push([name, state, needs]);
        return () => assert.fail('no tab is made here');
      },
    });
    const served = serve([kind('run'), kind('lfw')], { count: 3 });
    await served.get('lfw')!.open({ kind: 'lfw' });
    assert.deepEqual(opened, [['lfw', { kind: 'lfw' }, { count: 3 }]]);
    assert.equal(served.get('gallery'), undefined);
  });
});

describe('what there is one tab for', () => {
  // Nothing is opened, so nothing is needed.
  const keyOf = keyAmong(serve(pageKinds, undefined as never));

  test('is told apart by kind, path and person', () => {
    const place = '/w/runs/ada';
    const different: (RunTab | LfwTab | CheckpointTab | GalleryTab)[] = [
      { kind: 'run', folder: place },
      { kind: 'run', folder: '/w/runs/grace' },
      { kind: 'lfw', report: place },
      { kind: 'checkpoint', path: place },
      { kind: 'checkpoint', path: 'starter' },
      { kind: 'gallery', dataset: place },
      { kind: 'gallery', dataset: place, person: 'Ada' },
    ];
    assert.equal(new Set(different.map(keyOf)).size, different.length);
  });

  test('is the same whatever was chosen in it', () => {
    const model: CheckpointTab = { kind: 'checkpoint', path: '/m/a' };
    const compared: CheckpointTab = { ...model, comparedWith: '/m/b', planFor: { network: 'squeezenet' } };
    assert.equal(keyOf(compared), keyOf(model));
    const report: LfwTab = { kind: 'lfw', report: '/w/lfw.json' };
    const alone: LfwTab = { ...report, baseline: null };
    assert.equal(keyOf(alone), keyOf(report));
  });

  test('does not depend on how a dataset is spelt', () => {
    const spelt = (dataset: string): GalleryTab => ({ kind: 'gallery', dataset });
    assert.equal(keyOf(spelt('/w/faces/')), keyOf(spelt('/w/faces')));
  });

  test('is not known of a page that another version has had', () => {
    assert.equal(keyOf({ kind: 'atlas' } as unknown as PageState), undefined);
  });
});
