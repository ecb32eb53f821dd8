// How texts with names of others in them are shown, a function for each place that VS Code reads more than text in.
import type { QuickPickItem, TreeItem } from 'vscode';
import { shownLine, shownName, shownText } from '../src/protocol/shownText';

/** Longer notifications are cut by VS Code, in the middle of what can be done. */
const longestNotification = 900;

/** A longer name leaves no room for what stands behind it in a sidebar of usual width. */
const longestLabel = 40;

/**
 * The row of a tree, with what a screen reader says: what is seen, or `said`; VS Code would read a tooltip, here often a
 * long path, in its place.
 */
export function shownRow(item: TreeItem, said?: readonly string[]): TreeItem {
  const written = typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
  const name = shownName(written);
  if (typeof item.description === 'string') item.description = shownName(item.description);
  item.label = item.description === undefined || item.description === '' ? name : shownName(written, longestLabel);
  if (typeof item.tooltip === 'string') item.tooltip = shownText(item.tooltip);
  const heard = said ?? [name, item.description].filter((part) => typeof part === 'string' && part !== '');
  item.accessibilityInformation = { label: shownLine(heard.join(', ')) };
  return item;
}

/** The text of a notification or of its progress. VS Code makes links of [text](address) there, commands included. */
export function shownNotification(text: string): string {
  const line = shownText(text)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('](', '] (');
  return line.length > longestNotification ? `${line.slice(0, longestNotification)}…` : line;
}

/** The name at the beginning of a choice or of the status bar. VS Code makes icons of $(name) there. */
export function nameInChoice(name: string): string {
  return withoutIcons(shownName(name));
}

/** Choices of a list. An icon is one only where a label or a detail begins with it. */
export function shownChoice<T extends QuickPickItem>(item: T): T {
  const label = shownText(item.label);
  const [icon] = /^\$\([a-z-]+\) /.exec(label) ?? [''];
  return {
    ...item,
    label: icon + withoutIcons(label.slice(icon.length)),
    ...(item.description !== undefined && { description: withoutIcons(shownName(item.description)) }),
    ...(item.detail !== undefined && { detail: shownText(item.detail) }),
  };
}

function withoutIcons(text: string): string {
  return text.replace(/(?<!\\)\$\(/g, '\\$(');
}
