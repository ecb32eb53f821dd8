import type { TreeItem } from 'vscode';

/** Lets a screen reader say what is seen; VS Code would read a tooltip, here often a long path, in its place. */
export function spoken(item: TreeItem): TreeItem {
  const label = typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
  item.accessibilityInformation = { label: [label, item.description].filter(Boolean).join(', ') };
  return item;
}
