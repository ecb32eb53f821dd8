import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type OpenTab,
  type OwnTab,
  type RememberedTab,
  frozenTabs,
  remember,
  stillOpen,
} from '../../../extension/pages/frozenTabs';
import { type PageState, isSame } from '../../../extension/pages/pageState';

const viewType = 'facenet.run';
const ada = { kind: 'run', folder: '/w/runs/ada' } as const;
const grace: PageState = { kind: 'run', folder: '/w/runs/grace' };

const open = (title: string, column = 1, active = true): OpenTab => ({ viewType, title, column, active });
const own = (title: string, state: PageState | undefined): OwnTab => ({
  ...{ viewType, title, state },
  column: 1,
  visible: true,
});
const known = (title: string, state: PageState, column = 1): RememberedTab => ({ viewType, title, column, state });
/** What is closed, and what is opened for it. */
const plan = (...given: Parameters<typeof frozenTabs>): [OpenTab, PageState | undefined][] =>
  frozenTabs(...given).map(({ tab, reopen }) => [tab, reopen?.state]);

describe('tabs that a dead extension host has left', () => {
  test('one in front without an owner is replaced by what it has shown', () => {
    const tab = open('Ada');
    assert.deepEqual(plan([tab], [], [known('Ada', ada), known('Grace', grace)]), [[tab, ada]]);
  });

  test('ours are left alone, also one that is just being brought back', () => {
    assert.deepEqual(plan([open('Ada')], [own('Ada', ada)], [known('Ada', ada)]), []);
    assert.deepEqual(plan([open('Ada')], [own('Ada', undefined)], [known('Ada', ada)]), []);
  });

  test('a hidden one may still be handed over after a reload, so it is left alone', () => {
    assert.deepEqual(plan([open('Ada', 1, false)], [], [known('Ada', ada)]), []);
  });

  test('a hidden one is closed where what it shows was opened a second time', () => {
    const old = open('Ada', 1, false);
    assert.deepEqual(plan([old, open('Ada')], [own('Ada', ada)], [known('Ada', ada)]), [[old, undefined]]);
  });

  test('a hidden one is left alone where another run has the same title', () => {
    const tabs = [open('Same', 1, false), open('Same')];
    assert.deepEqual(plan(tabs, [own('Same', ada)], [known('Same', ada), known('Same', grace)]), []);
  });

  test('our own hidden tab is never taken for a second one', () => {
    const tabs = [open('Ada', 1, false), open('Grace')];
    const mine = [{ ...own('Ada', ada), column: undefined, visible: false }, own('Grace', grace)];
    assert.deepEqual(plan(tabs, mine, [known('Ada', ada), known('Grace', grace)]), []);
  });

  test('one beside ours in another column is closed, and nothing is opened twice', () => {
    const old = open('Ada', 2);
    assert.deepEqual(plan([open('Ada', 1), old], [own('Ada', ada)], [known('Ada', ada)]), [[old, undefined]]);
  });

  test('two with the same title get what was in their columns', () => {
    const tabs = [open('Same', 1), open('Same', 2)];
    const remembered = [known('Same', grace, 2), known('Same', ada, 1)];
    assert.deepEqual(
      plan(tabs, [], remembered).map(([, state]) => state),
      [ada, grace],
    );
  });

  test('what nobody remembers is closed and said to be unknown', () => {
    const [frozen] = frozenTabs([open('Ada')], [], []);
    assert.equal(frozen?.reopen, undefined);
    assert.equal(frozen?.known, false);
  });
});

describe('memory of open tabs', () => {
  test('has ours and the earlier ones, each once, and not those that are just coming', () => {
    const earlier = [known('Ada', ada, 2), known('Grace', grace)];
    assert.deepEqual(remember([own('Ada', ada), own('Lise', undefined)], earlier), [
      known('Ada', ada),
      known('Grace', grace),
    ]);
  });

  test('one that is the same but for what was chosen in it takes the place of what was remembered', () => {
    const before: PageState = { kind: 'checkpoint', path: '/m/a', comparedWith: '/m/b' };
    const now: PageState = { ...before, comparedWith: '/m/c', planFor: { network: 'squeezenet' } };
    const mine = { ...own('a', now), view: { scroll: 7 } };
    assert.deepEqual(remember([mine], [{ ...known('a', before), view: { scroll: 3 } }]), [
      { ...known('a', now), view: { scroll: 7 } },
    ]);
  });

  test('what comes back has what was chosen in it and how it was looked at', () => {
    const state: PageState = { kind: 'lfw', report: '/w/lfw.json', baseline: null };
    const entry = { ...known('LFW', state), view: { lfw: { threshold: 0.7 } } };
    const [frozen] = frozenTabs([open('LFW')], [], [entry]);
    assert.deepEqual([frozen?.reopen?.state, frozen?.reopen?.view], [state, entry.view]);
    // A tab of ours on the same report, whatever it is compared with, is the same tab.
    const mine = own('LFW', { kind: 'lfw', report: '/w/lfw.json' });
    assert.deepEqual(plan([open('LFW', 2)], [mine], [entry]), [[open('LFW', 2), undefined]]);
  });

  test('forgets what is not open any more', () => {
    assert.deepEqual(stillOpen([known('Ada', ada), known('Grace', grace)], [open('Ada', 3, false)]), [
      known('Ada', ada),
    ]);
  });
});

describe('what there is one tab for', () => {
  test('is told apart by kind, path and person', () => {
    const different: PageState[] = [
      ada,
      grace,
      { kind: 'lfw', report: ada.folder },
      { kind: 'checkpoint', path: ada.folder },
      { kind: 'gallery', dataset: ada.folder },
      { kind: 'gallery', dataset: ada.folder, person: 'Ada' },
    ];
    for (const [index, one] of different.entries())
      for (const [at, other] of different.entries()) assert.equal(isSame(one, other), index === at);
    assert.equal(isSame(undefined, ada), false);
  });

  test('does not depend on how a dataset is spelt', () => {
    assert.ok(isSame({ kind: 'gallery', dataset: '/w/faces/' }, { kind: 'gallery', dataset: '/w/faces' }));
  });
});
