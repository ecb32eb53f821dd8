// Where VS Code reads more than text in what it is given, and whether every place goes through the function for it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hoverText } from '../../../extension/pictures/hoverText';
import { nameInChoice, shownChoice, shownNotification, shownRow } from '../../../extension/shown';
import { installationRoot } from '../../../src/engine/installation';
import { acts, hostileNames } from '../../fixtures/hostileNames';

const names = Object.values(hostileNames);

describe('names of others in VS Code', () => {
  test('a row of a tree', () => {
    for (const name of names) {
      const item = shownRow({ label: name, description: name, tooltip: `${name}\n${name}` });
      const heard = item.accessibilityInformation!.label;
      for (const text of [item.label, item.description, heard]) assert.doesNotMatch(text as string, /\n/);
      for (const text of [item.label, item.description, item.tooltip, heard]) assert.doesNotMatch(text as string, acts);
    }
    assert.ok((shownRow({ label: 'x'.repeat(1e6) }).label as string).length < 1000);
    const long = `first ${'and so on '.repeat(20)}last`;
    const row = shownRow({ label: long, description: '94.7 %' });
    assert.match(row.label as string, /^first .*….*last$/);
    assert.ok((row.label as string).length <= 41, 'what stands behind it is seen');
    assert.equal(row.accessibilityInformation?.label, `${long}, 94.7 %`);
    assert.equal(shownRow({ label: long }).label, long, 'nothing stands behind it');
    assert.equal(shownRow({ label: 'Ann' }, ['Ann', '3 images']).accessibilityInformation?.label, 'Ann, 3 images');
  });

  test('a notification: no link, one line', () => {
    for (const name of names) {
      const shown = shownNotification(`The dataset ${name} is gone.`);
      assert.doesNotMatch(shown, acts);
      // As VS Code finds links (parseLinkedText).
      assert.doesNotMatch(shown, /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+\)/i);
      assert.doesNotMatch(shown, /\n/);
    }
    assert.ok(shownNotification('x'.repeat(1e6)).length < 1000);
    assert.equal(shownNotification('Run a is done.\nLook.'), 'Run a is done. Look.');
  });

  test('a choice and the status bar: no icon but our own', () => {
    for (const name of names) {
      const choice = shownChoice({ label: nameInChoice(name), description: name, detail: name });
      for (const text of [choice.label, choice.description]) {
        assert.doesNotMatch(text, acts);
        assert.doesNotMatch(text, /\n|(?<!\\)\$\(/);
      }
      assert.doesNotMatch(choice.detail, acts);
    }
    assert.equal(shownChoice({ label: `$(package) ${nameInChoice('$(x)')}` }).label, '$(package) \\$(x)');
  });

  test('a hover: no markdown', () => {
    for (const name of names) {
      const text = hoverText({ path: `/data/${name}`, place: name, thumbnail: undefined, problems: [name] });
      assert.doesNotMatch(text, acts);
      assert.doesNotMatch(text.replace(/\\[!-/:-@[-`{-~]/g, ''), /[<>[\]*_`|#]/);
    }
  });

  /** Calls that show a text, and the only files that make them: each of these passes it through its function. */
  const shownBy: [RegExp, readonly string[]][] = [
    [/show(Information|Warning|Error)Message/, ['notices.ts', 'inputs/modal.ts', 'runs/overlayRuns.ts']],
    [/showQuickPick\((?!.*\.map\(shownChoice\))/, []],
    [/createQuickPick/, ['datasets/imageActions.ts', 'inputs/steps.ts']],
    [/new vscode\.MarkdownString/, ['datasets/datasetsTree.ts']],
    [/panel\.title = (?!shownName)/, []],
    [/createStatusBarItem/, ['runs/statusBar.ts']],
    [/ProgressLocation\.Notification/, ['jobs/progressNotification.ts']],
    [/report\(\{ message: (?!shownNotification|vscode\.l10n)/, []],
    [/\.(supportHtml|supportThemeIcons)\b|(?<!workspace)\.isTrusted\b/, []],
  ];
  test('nothing is shown past them', () => {
    const root = join(installationRoot(), 'extension');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 80);
    const text = new Map(files.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(root, name), 'utf8')]));
    for (const [call, where] of shownBy) {
      const found = [...text].filter(([, source]) => call.test(source)).map(([name]) => name);
      assert.deepEqual(found.sort(), [...where].sort(), String(call));
    }
    for (const [name, source] of text) {
      if (name === 'shown.ts') continue;
      const made = source.match(/new vscode\.TreeItem\(/g)?.length ?? 0;
      const shown = source.match(/shownRow\(/g)?.length ?? 0;
      assert.equal(made, shown, `${name}: each row of a tree goes through shownRow`);
    }
  });

  test('pages write no HTML', () => {
    const root = join(installationRoot(), 'webview');
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )) {
      const source = readFileSync(join(root, name), 'utf8');
      assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(/, name);
      // Names are set by element.ts; what is set past it is a text of ours or goes through shownText.
      if (name !== 'element.ts') assert.doesNotMatch(source, /\.title = (?!shownText|title|navigationHelp)/, name);
    }
  });
});
