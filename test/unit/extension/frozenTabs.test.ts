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
import { type KeyOf, type PageState, isSame } from '../../../extension/pages/pageState';

const viewType = 'facenet.run';
interface Tab extends PageState {
  about: string;
  chosen?: string | null;
}

const ada: Tab = { kind: 'run', about: '/w/runs/ada' };
const grace: Tab = { kind: 'run', about: '/w/runs/grace' };
/** By what it is about alone; a page that is not loaded here has no key. */
const keyOf: KeyOf = (state) => (state.kind === 'gallery' ? undefined : `${state.kind} ${(state as Tab).about}`);

const open = (title: string, column = 1, active = true): OpenTab => ({ viewType, title, column, active });
const own = (title: string, state: PageState | undefined): OwnTab => ({
  ...{ viewType, title, state },
  column: 1,
  visible: true,
});
const known = (title: string, state: PageState, column = 1): RememberedTab => ({ viewType, title, column, state });
/** What is closed, and what is opened for it. */
const plan = (
  open: readonly OpenTab[],
  own: readonly OwnTab[],
  remembered: readonly RememberedTab[],
): [OpenTab, PageState | undefined][] =>
  frozenTabs(open, own, remembered, keyOf).map(({ tab, reopen }) => [tab, reopen?.state]);

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
    const [frozen] = frozenTabs([open('Ada')], [], [], keyOf);
    assert.equal(frozen?.reopen, undefined);
    assert.equal(frozen?.known, false);
  });
});

describe('memory of open tabs', () => {
  test('has ours and the earlier ones, each once, and not those that are just coming', () => {
    const earlier = [known('Ada', ada, 2), known('Grace', grace)];
    assert.deepEqual(remember([own('Ada', ada), own('Lise', undefined)], earlier, keyOf), [
      known('Ada', ada),
      known('Grace', grace),
    ]);
  });

  test('one that is the same but for what was chosen in it takes the place of what was remembered', () => {
    const before: Tab = { kind: 'checkpoint', about: '/m/a', chosen: '/m/b' };
    const now: Tab = { ...before, chosen: '/m/c' };
    const mine = { ...own('a', now), view: { scroll: 7 } };
    assert.deepEqual(remember([mine], [{ ...known('a', before), view: { scroll: 3 } }], keyOf), [
      { ...known('a', now), view: { scroll: 7 } },
    ]);
  });

  test('what comes back has what was chosen in it and how it was looked at', () => {
    const state: Tab = { kind: 'lfw', about: '/w/lfw.json', chosen: null };
    const entry = { ...known('LFW', state), view: { lfw: { threshold: 0.7 } } };
    const [frozen] = frozenTabs([open('LFW')], [], [entry], keyOf);
    assert.deepEqual([frozen?.reopen?.state, frozen?.reopen?.view], [state, entry.view]);
    // A tab of ours on the same report, whatever it is compared with, is the same tab.
    const same: Tab = { kind: 'lfw', about: '/w/lfw.json' };
    const mine = own('LFW', same);
    assert.deepEqual(plan([open('LFW', 2)], [mine], [entry]), [[open('LFW', 2), undefined]]);
  });

  test('forgets what is not open any more', () => {
    assert.deepEqual(stillOpen([known('Ada', ada), known('Grace', grace)], [open('Ada', 3, false)]), [
      known('Ada', ada),
    ]);
  });
});

describe('two states', () => {
  test('are the same where there is one tab for both, and not where nothing is known of their page', () => {
    assert.ok(isSame(keyOf, { ...ada, chosen: 'other' } as Tab, ada));
    assert.ok(!isSame(keyOf, ada, grace));
    assert.ok(!isSame(keyOf, undefined, ada));
    const unknown: PageState = { kind: 'gallery' };
    assert.ok(!isSame(keyOf, unknown, unknown));
  });
});
