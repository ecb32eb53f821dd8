import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHostPage } from '../../../src/download/hostPage';
import { quotaPage, warningPage } from '../../fixtures/fileHost';

const page = 'https://drive.example.com/uc?id=1';

test("the warning's form leads to the file with all its hidden fields", () => {
  assert.deepEqual(readHostPage(warningPage, page), {
    kind: 'confirm',
    url: 'https://drive.example.com/download?authuser=0&id=abc%26def&confirm=t&uuid=0-1',
  });
});

test('a form may lead to another host of the same domain, but to no other and never from https to http', () => {
  const formTo = (action: string): string =>
    `<form action="${action}"><input name=confirm value='t'></form><title>Elsewhere</title>`;
  assert.equal(readHostPage(formTo('https://content.example.com/get'), page).kind, 'confirm');
  for (const action of ['https://example.org/get', 'http://drive.example.com/get', 'javascript:alert(1)', 'https://['])
    assert.deepEqual(readHostPage(formTo(action), page), { kind: 'other', title: 'Elsewhere' });
  // Numbers have no domain in common.
  assert.equal(readHostPage(formTo('https://10.9.0.1/get'), 'http://127.0.0.1/').kind, 'other');
});

test('a form that confirms nothing, or posts, is no way to the file', () => {
  assert.equal(readHostPage('<form action="/search"><input name="q"></form>', page).kind, 'other');
  assert.equal(readHostPage('<form method="POST" action="/x"><input name="confirm"></form>', page).kind, 'other');
});

test('quota, login and any other page are told apart', () => {
  assert.deepEqual(readHostPage(quotaPage, page), { kind: 'quota' });
  assert.deepEqual(readHostPage('<title>Accounts: Sign in</title>', page), { kind: 'signIn' });
  assert.deepEqual(readHostPage('<form action="/"><input type="password"></form>', page), { kind: 'signIn' });
  assert.deepEqual(readHostPage('<title>\n A &lt;b&gt;\n page&#33; </title>', page), {
    kind: 'other',
    title: 'A <b> page!',
  });
  assert.deepEqual(readHostPage('', page), { kind: 'other', title: '' });
});

test('no page makes it throw', () => {
  const tags = ['<form', ' action=', '"', "'", '>', '<input name=confirm', '</form', '&#x110000;', '/', ' ', '<title>'];
  const html = fc.array(fc.oneof(fc.constantFrom(...tags), fc.string({ maxLength: 8 }))).map((parts) => parts.join(''));
  fc.assert(fc.property(html, (text) => void readHostPage(text, page)));
});
