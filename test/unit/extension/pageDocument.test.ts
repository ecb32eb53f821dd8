import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LfwTab } from '../../../extension/lfw/lfwPanel';
import { pageDocument } from '../../../extension/pages/pageDocument';
import type { RunTab } from '../../../extension/runs/runPanel';

const source = 'https://*.vscode-cdn.net';
const run = (folder: string): RunTab => ({ kind: 'run', folder });
const make = (folder = '/home/ada/.facenet/runs/1'): string =>
  pageDocument({
    state: run(folder),
    script: `${source}/dist/pages/run.js`,
    style: `${source}/dist/pages/run.css`,
    source,
  });

/** The policy of a document, directive by directive. */
function policyOf(html: string): Map<string, string[]> {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  return new Map(
    content.split('; ').map((directive) => {
      const [name, ...sources] = directive.split(' ');
      return [name!, sources];
    }),
  );
}

test('everything is forbidden but the one script, by its nonce, and styles, pictures and fonts of the webview', () => {
  const html = make();
  const policy = policyOf(html);
  const scripts = [...html.matchAll(/<script\b([^>]*)>([^<]*)</g)];
  assert.equal(scripts.length, 1);
  const [, attributes, inline] = scripts[0]!;
  assert.equal(inline, '');
  const nonce = /nonce="([^"]+)"/.exec(attributes!)![1]!;
  assert.deepEqual(policy.get('default-src'), ["'none'"]);
  assert.deepEqual(policy.get('script-src'), [`'nonce-${nonce}'`]);
  assert.deepEqual([...policy.keys()].sort(), [
    ...['base-uri', 'default-src', 'font-src', 'form-action', 'img-src', 'script-src', 'style-src'],
  ]);
  assert.deepEqual([policy.get('base-uri'), policy.get('form-action')], [["'none'"], ["'none'"]]);
  assert.deepEqual(policy.get('img-src'), [source, 'data:', 'blob:']);
  assert.deepEqual(policy.get('font-src'), [source]);
  // The nonce of styles is readable in the document, so it must not open the way to scripts.
  const styleNonce = /property="csp-nonce" content="([^"]+)"/.exec(html)![1]!;
  assert.deepEqual(policy.get('style-src'), [source, `'nonce-${styleNonce}'`]);
  assert.notEqual(styleNonce, nonce);
  assert.doesNotMatch([...policy.values()].flat().join(' '), /unsafe|https?:(\s|$)|\*(\s|$)/);
});

test('no inline style, no handler, and another nonce for each document', () => {
  assert.doesNotMatch(make(), /\sstyle=|<style|\son\w+=|javascript:/i);
  const nonces = Array.from({ length: 50 }, () => policyOf(make()).get('script-src')![0]!);
  assert.equal(new Set(nonces).size, nonces.length);
  for (const nonce of nonces) assert.ok(Buffer.from(nonce.slice("'nonce-".length, -1), 'base64').length >= 16);
});

test('the name of a folder cannot leave its attribute', () => {
  const folder = '/tmp/"><script>alert(1)</script>&quot;';
  const html = make(folder);
  assert.equal([...html.matchAll(/<script/g)].length, 1);
  const state = /data-state="([^"]*)"/.exec(html)![1]!;
  const read = state.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  assert.deepEqual(JSON.parse(read), { kind: 'run', folder });
});

test('translations are in the document of a window in another language, which is named', () => {
  assert.match(make(), /<html lang="en">/);
  assert.doesNotMatch(make(), /data-words/);
  const parts = { state: run('/r'), script: 'a.js', style: 'a.css', source };
  const words = { Stop: '"Halt" & <b>' };
  const html = pageDocument({ ...parts, words, language: 'de' });
  assert.match(html, /<html lang="de">/);
  assert.match(html, / data-words="{&quot;Stop&quot;:&quot;\\&quot;Halt\\&quot; &amp; &lt;b>&quot;}"/);
  const untranslated = pageDocument({
    ...parts,
    words: undefined,
    language: 'de',
  });
  assert.match(untranslated, /<html lang="en">/, 'a screen reader reads English as English');
});

test('how the page was looked at is in the document of a tab that comes back, and in no other', () => {
  assert.doesNotMatch(make(), /data-view/);
  const tab: LfwTab = { kind: 'lfw', report: '/r.json', baseline: null };
  const html = pageDocument({
    ...{ state: tab, script: 'a.js', style: 'a.css', source },
    view: { filter: '"<b>' },
  });
  const read = (name: string): unknown => {
    const text = new RegExp(`data-${name}="([^"]*)"`).exec(html)![1]!;
    return JSON.parse(text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  };
  assert.deepEqual(read('view'), { filter: '"<b>' });
  assert.deepEqual(read('state'), tab);
  assert.match(html, / data-page="lfw"/);
});
