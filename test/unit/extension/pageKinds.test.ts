import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pageKinds } from '../../../extension/features';
import { type AnyPageKind, type PageKinds, serve } from '../../../extension/pages/pageKind';
import type { PageState } from '../../../extension/pages/pageState';
import type { PageName } from '../../../src/protocol/webview';
import { installationRoot } from '../../../src/engine/installation';

interface Tab extends PageState {
  about: string;
}

interface Needs {
  opened: unknown[];
}

const names = Object.keys(pageKinds) as PageName[];

/** Kinds of these names that note when they are loaded. */
function noting(loaded: PageName[]): PageKinds<Needs> {
  const loaderOf = (name: PageName) => async (): Promise<AnyPageKind<Needs>> => {
    loaded.push(name);
    return {
      name,
      icon: `${name}.svg`,
      keyOf: ({ about }: Tab) => about,
      open: async (state, { opened }) => {
        opened.push([name, state]);
        return () => assert.fail('no tab is made here');
      },
    };
  };
  return Object.fromEntries(names.map((name) => [name, loaderOf(name)])) as PageKinds<Needs>;
}

const ada: Tab = { kind: 'run', about: '/w/ada' };
const report: Tab = { kind: 'lfw', about: '/w/ada' };

describe('the kinds of pages', () => {
  test('are loaded with the first of their tabs, and opened with what they need', async () => {
    const loaded: PageName[] = [];
    const opened: unknown[] = [];
    const kinds = serve(noting(loaded), { opened });
    assert.deepEqual([kinds.names, loaded], [names, []]);
    const { icon, open } = await kinds.load('lfw');
    await open(report);
    assert.deepEqual([icon, loaded, opened], ['lfw.svg', ['lfw'], [['lfw', report]]]);
  });

  test('tell what they are about apart, one kind from the other too, as far as they are loaded', async () => {
    const kinds = serve(noting([]), { opened: [] });
    assert.equal(kinds.keyOf(ada), undefined);
    for (const name of kinds.names) await kinds.load(name);
    const keys = [ada, report, { ...ada, about: '/w/grace' }, { ...ada }].map(kinds.keyOf);
    assert.equal(new Set(keys).size, 3);
    assert.equal(keys[3], keys[0]);
    assert.equal(kinds.keyOf({ kind: 'atlas' } as unknown as PageState), undefined, 'a page of another version');
  });

  test('have a page each that is built for them', () => {
    for (const name of names) assert.ok(existsSync(join(installationRoot(), 'webview', name, 'page.ts')), name);
  });
});
