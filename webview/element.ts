// Builds DOM without a framework: the pages are a few hundred nodes, of which most are charts.

import { shownText } from '../src/protocol/shownText';

export type Child = Node | string | undefined | false;

type Attributes = Record<string, string | number | boolean | undefined>;

/**
 * An element with attributes and children. `true` sets an empty attribute, `false` and undefined leave it out; `class`
 * is an attribute like any other. Text is never parsed as HTML, and nothing of a name in it acts.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : isRead(name) ? shownText(String(value)) : String(value));
  }
  node.append(...present(children));
  return node;
}

/** A path that, where there is little room, breaks behind its folders and words rather than inside one. */
export function breakable(path: string): Child[] {
  return path.split(/(?<=[/\\_])/).flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part]));
}

/** Replaces the children of a node. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren(...present(children));
}

/** Sets the text only where it differs, so that a selection and a screen reader are left in peace. */
export function setText(node: Node, text: string): void {
  const shown = shownText(text);
  if (node.textContent !== shown) node.textContent = shown;
}

function present(children: Child[]): (Node | string)[] {
  return children
    .filter((child): child is Node | string => child !== undefined && child !== false)
    .map((child) => (typeof child === 'string' ? shownText(child) : child));
}

/** Whether an attribute is text for people. */
function isRead(attribute: string): boolean {
  return attribute === 'title' || attribute === 'alt' || attribute.startsWith('aria-');
}
