import type { PageName } from '../../src/protocol/webview';
import type { PagePanel, PagePlace } from './pagePanel';
import type { KeyOf, PageState } from './pageState';

/**
 * One kind of page as its feature defines it, in a module that loads nothing else: the tabs are known by it when the
 * extension is activated.
 */
export interface PageKind<State extends PageState, Panel extends PagePanel, Needs> {
  readonly name: State['kind'];
  /** Of its tabs; a file in media/. */
  readonly icon: string;
  /** What there is one tab for, among those of this kind; what was chosen in it is no part of it. */
  readonly keyOf: (state: State) => string;
  /**
   * Loads the modules of the page, reads what it is about and resolves to what makes the tab.
   * @throws UserError where that cannot be read, StoppedError where it was given up.
   */
  readonly open: (state: State, needs: Needs) => Promise<(place: PagePlace) => Panel>;
}

/** A kind among others, whose state is known by its name alone. */
export type AnyPageKind<Needs> = Omit<PageKind<never, PagePanel, Needs>, 'name'> & { readonly name: PageName };

/** A kind with all it needs. */
export interface ServedKind {
  readonly icon: string;
  keyOf(state: PageState): string;
  open(state: PageState): Promise<(place: PagePlace) => PagePanel>;
}

/** The kinds by their names, ready to be opened. */
export function serve<Needs>(kinds: readonly AnyPageKind<Needs>[], needs: Needs): ReadonlyMap<PageName, ServedKind> {
  return new Map(
    kinds.map(({ name, icon, keyOf, open }) => [
      name,
      // A state is looked up by its kind, and was saved by a tab of that kind.
      { icon, keyOf: (state) => keyOf(state as never), open: async (state) => open(state as never, needs) },
    ]),
  );
}

/** Tells states of all kinds apart. */
export function keyAmong(kinds: ReadonlyMap<PageName, ServedKind>): KeyOf {
  return (state) => {
    const kind = kinds.get(state.kind);
    return kind === undefined ? undefined : `${state.kind}\n${kind.keyOf(state)}`;
  };
}

/** View type of the tabs of a page; package.json names it to have the extension activated for a tab that comes back. */
export function pageType(name: PageName): string {
  return `facenet.${name}`;
}
