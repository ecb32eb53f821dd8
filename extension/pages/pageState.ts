import type { PageName } from '../../src/protocol/webview';

/**
 * What a tab is about and what was chosen in it, whatever else it has for its page: kept in the saved state of the page,
 * for a reload of the window, and in the memory of the extension, for a host that dies.
 */
export interface PageState {
  readonly kind: PageName;
}

/** How a page is looked at: what it has saved itself, by name. The host keeps it and never looks into it. */
export type PageView = Readonly<Record<string, unknown>>;

/** What there is one tab for: the same for two states that differ in what was chosen alone; undefined where it is not known. */
export type KeyOf = (state: PageState) => string | undefined;

/** Whether two states are about the same thing, whatever was chosen. */
export function isSame(keyOf: KeyOf, one: PageState | undefined, other: PageState): boolean {
  const key = one === undefined ? undefined : keyOf(one);
  return key !== undefined && key === keyOf(other);
}
