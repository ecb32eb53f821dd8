import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { shownLine, shownName, shownText } from '../../../src/protocol/shownText';
import { acts, hostileNames } from '../../fixtures/hostileNames';

describe('names of others as text', () => {
  test('nothing of them acts, and what would is shown as what it is', () => {
    for (const name of Object.values(hostileNames)) {
      assert.doesNotMatch(shownText(name), acts, JSON.stringify(name));
      assert.doesNotMatch(shownLine(name), /\n/);
    }
    assert.equal(shownLine('\x1b[31mred\u202e\n\u{e0041}\ud800'), '\\u001b[31mred\\u202e\\n\\udb40\\udc41\\ud800');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !acts.test(shownText(text))));
  });

  test('names of all languages are as they were', () => {
    for (const name of ['Zoë Müller', '王小明', 'می‌خواهم', 'שרה', 'क्‍ष', '👩‍👩‍👧', 'e\u0301', "O'Brien-Ångström\t1"]) {
      assert.equal(shownName(name), name);
    }
  });

  test('JSON says the same as before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(JSON.parse(shownLine(JSON.stringify(text))), text);
      }),
    );
  });

  test('a very long name is its beginning and its end', () => {
    const shown = shownName(`begin${'x'.repeat(1e6)}\n${'😀'.repeat(500)}end`);
    assert.ok(shown.length < 700);
    assert.match(shown, /^beginx+…(😀)+end$/u);
  });
});
