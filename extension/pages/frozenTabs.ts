// When the extension host dies, its tabs stay on the screen as they were: VS Code gives them to nobody. The host that
// comes after finds them by what it does not own.
import { type KeyOf, type PageState, type PageView, isSame } from './pageState';

/** A tab of one of our view types, as VS Code lists it. */
export interface OpenTab {
  viewType: string;
  title: string;
  column: number;
  /** In front of its group. */
  active: boolean;
}

/** A tab that this host serves. */
export interface OwnTab {
  viewType: string;
  title: string;
  /** Undefined while it is hidden. */
  column: number | undefined;
  visible: boolean;
  state: PageState | undefined;
  /** How its page is looked at; absent where the page has saved nothing. */
  view?: PageView | undefined;
}

/** A tab that this host or one before it has opened. */
export interface RememberedTab {
  viewType: string;
  title: string;
  column: number | undefined;
  state: PageState;
  view?: PageView | undefined;
}

/** A tab that nobody serves. */
export interface FrozenTab<T> {
  tab: T;
  /** What it has shown; undefined where that is open in a tab of ours, or not known. */
  reopen: Pick<RememberedTab, 'state' | 'view'> | undefined;
  /** Whether it was known what it has shown. */
  known: boolean;
}

function isAlike(one: { viewType: string; title: string }, other: { viewType: string; title: string }): boolean {
  return one.viewType === other.viewType && one.title === other.title;
}

/**
 * The tabs that nobody serves, with what to open instead. VS Code hands a tab over when it is first seen, so one that is
 * hidden may still be handed over and is left alone, unless what it shows is open in a tab of ours: then it is a second
 * one. Only one that has been in front for a while and still has no owner is frozen; the caller waits for that.
 */
export function frozenTabs<T extends OpenTab>(
  open: readonly T[],
  own: readonly OwnTab[],
  remembered: readonly RememberedTab[],
  keyOf: KeyOf,
): FrozenTab<T>[] {
  const isOpen = ({ state }: RememberedTab): boolean => own.some((mine) => isSame(keyOf, mine.state, state));
  const taken = new Set<RememberedTab>();
  const frozen: FrozenTab<T>[] = [];
  for (const tab of open) {
    const candidates = remembered.filter((entry) => isAlike(entry, tab));
    if (!tab.active) {
      const mine = own.filter((owned) => isAlike(owned, tab));
      const isSecond = mine.length === 1 && mine[0]!.visible && candidates.length > 0 && candidates.every(isOpen);
      if (isSecond) frozen.push({ tab, reopen: undefined, known: true });
      continue;
    }
    if (own.some(({ viewType, column, visible }) => visible && viewType === tab.viewType && column === tab.column))
      continue;
    const free = candidates.filter((entry) => !isOpen(entry) && !taken.has(entry));
    const shown = free.find(({ column }) => column === tab.column) ?? free[0];
    if (shown !== undefined) taken.add(shown);
    frozen.push({ tab, reopen: shown, known: candidates.length > 0 });
  }
  return frozen;
}

/** What to remember: the tabs of this host, and those of hosts before it that nobody has taken over. */
export function remember(own: readonly OwnTab[], earlier: readonly RememberedTab[], keyOf: KeyOf): RememberedTab[] {
  const mine = own.flatMap(({ viewType, title, column, state, view }) =>
    state === undefined ? [] : [{ viewType, title, column, state, ...(view !== undefined && { view }) }],
  );
  return [...mine, ...earlier.filter(({ state }) => !mine.some((tab) => isSame(keyOf, tab.state, state)))];
}

/** Without those whose tab is gone. */
export function stillOpen(remembered: readonly RememberedTab[], open: readonly OpenTab[]): RememberedTab[] {
  return remembered.filter((entry) => open.some((tab) => isAlike(entry, tab)));
}
