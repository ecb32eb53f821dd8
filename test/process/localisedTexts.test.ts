// The lint rule that keeps English sentences out of what the extension host shows.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Linter as LinterClass } from 'eslint';
import { installationRoot } from '../../src/engine/installation';

const root = installationRoot();
// Not bundled with the test: they are the very ones that `npm run lint` uses.
const load = createRequire(join(root, 'package.json'));

async function textsFoundIn(
  code: string,
  name: 'localisedTexts' | 'localisedPageTexts' = 'localisedTexts',
): Promise<number> {
  const { Linter } = load('eslint') as { Linter: typeof LinterClass };
  const { parser } = load('typescript-eslint') as { parser: LinterClass.Parser };
  const rule = pathToFileURL(join(root, 'scripts', 'localisedTexts.mjs')).href;
  const rules = (await import(rule)) as Record<typeof name, never>;
  const messages = new Linter().verify(
    code,
    {
      files: ['**/*.ts'],
      languageOptions: { parser },
      plugins: { own: { rules: { texts: rules[name] } } },
      rules: { 'own/texts': 'error' },
    },
    'extension/shown.ts',
  );
  assert.ok(
    messages.every(({ ruleId }) => ruleId === 'own/texts'),
    messages[0]?.message,
  );
  return messages.length;
}

describe('the lint rule for texts of the extension host', () => {
  const english = [
    `vscode.window.showInformationMessage('Done.');`,
    'notices.warning(`${count} images are left.`);',
    `throw new UserError(vscode.l10n.t('{0} is gone.', path), 'Look elsewhere.');`,
    `new vscode.TreeItem(starter ? 'Starter' : name);`,
    `item.tooltip = [path, ...(best ? ['best'] : [])].join(' ');`,
    'item.description = best === undefined ? id : `best ${best}`;',
    "const row = { label: '$(folder) ' + 'A folder', value: 'folder' };",
    "const row = { label: `$(folder) Choose ${name}`, value: 'browse' };",
    `pickOne(title, 'What do you have?', rows);`,
    `const question = { validateInput: (text) => (text === '' ? 'Type a name.' : undefined) };`,
  ];
  for (const code of english) {
    test(`finds the English in ${code}`, async () => assert.equal(await textsFoundIn(code), 1));
  }

  const well = [
    `vscode.window.showInformationMessage(vscode.l10n.t('Done.'));`,
    'item.text = `$(sync~spin) ${said}`;',
    "item.description = `[${shape.join(', ')}], ${counted.images(3)}`;",
    `const row = { label: properNames.html, value: 'html', kind: 'image' };`,
    `item.label = kind === 'auto' ? recommended : name;`,
    `log.info('worker ended');`,
    `item.id = 'checkpoints of ' + folder;`,
  ];
  for (const code of well) test(`lets ${code} be`, async () => assert.equal(await textsFoundIn(code), 0));
});

describe('the lint rule for texts of the pages', () => {
  const english = [
    `element('h2', {}, 'Messages');`,
    `element('p', { class: 'none' }, any ? 'No problems.' : none);`,
    'element("section", { "aria-label": `Pages of ${title}` });',
    `element('small', {}, open && 'not measured yet');`,
    `button({ label: 'Stop', onClick });`,
    `checkbox('Only problems', checked, save);`,
    'setText(node, `${duration(left)} left`);',
    `node.setAttribute('aria-valuetext', 'nothing');`,
    `link.title = 'Open ' + path;`,
  ];
  for (const code of english) {
    test(`finds the English in ${code}`, async () => assert.equal(await textsFoundIn(code, 'localisedPageTexts'), 1));
  }
  const well = [
    `element('h2', { class: 'page-head' }, l10n.t('Messages'));`,
    'element("td", {}, `${integer(width)} × ${integer(height)} px`);',
    `button({ label: l10n.t('Export {0}…', 'CSV'), onClick });`,
    'setText(node, `${rate(accuracy)} ± ${rate(std)}`);',
    "element('span', { class: `swatch ${color}`, 'aria-hidden': 'true' }, '▲');",
  ];
  for (const code of well) {
    test(`lets ${code} be`, async () => assert.equal(await textsFoundIn(code, 'localisedPageTexts'), 0));
  }
});
