import type { PageName } from '../../src/protocol/webview';
import type { PagePanel, PagePlace } from './pagePanel';
import type { KeyOf, PageState } from './pageState';

/** One kind of page, as the feature that has it defines it beside the panel. */
export interface PageKind<State extends PageState, Panel extends PagePanel, Needs> {
  readonly name: State['kind'];
  /** Of its tabs; a file in media/. */
  readonly icon: string;
  /** What there is one tab for, among those of this kind; what was chosen in it is no part of it. */
  readonly keyOf: (state: State) => string;
  /**
   * Reads what the tab is about and resolves to what makes it.
   * @throws UserError where that cannot be read, StoppedError where it was given up.
   */
  readonly open: (state: State, needs: Needs) => Promise<(place: PagePlace) => Panel>;
}

/** A kind among others, whose states are known by its name alone. */
export type AnyPageKind<Needs, Name extends PageName = PageName> = Omit<PageKind<never, PagePanel, Needs>, 'name'> & {
  readonly name: Name;
};

/** How each kind is loaded, with its panel and what that reads, when the first of its tabs is opened. */
export type PageKinds<Needs> = { readonly [Name in PageName]: () => Promise<AnyPageKind<Needs, Name>> };

/** A kind with all that it needs. */
export interface ServedKind {
  readonly icon: string;
  readonly open: (state: PageState) => Promise<(place: PagePlace) => PagePanel>;
}

/** The kinds there are, with all that they need. */
export interface ServedKinds {
  readonly names: readonly PageName[];
  /** Tells states apart whose kinds are loaded: those of the tabs of this host, and what may be about the same. */
  readonly keyOf: KeyOf;
  load(name: PageName): Promise<ServedKind>;
}

/** Gives the kinds what they need. */
export function serve<Needs>(kinds: PageKinds<Needs>, needs: Needs): ServedKinds {
  const loaded = new Map<PageName, AnyPageKind<Needs>>();
  return {
    names: Object.keys(kinds) as PageName[],
    keyOf(state) {
      const kind = loaded.get(state.kind);
      return kind === undefined ? undefined : identityOf(kind, state as never);
    },
    async load(name) {
      const kind: AnyPageKind<Needs> = await kinds[name]();
      loaded.set(name, kind);
      // Looked up by the kind of a state, which a tab of that kind has saved.
      return { icon: kind.icon, open: async (state) => kind.open(state as never, needs) };
    },
  };
}

/** What there is one tab for, among those of all kinds. */
export function identityOf<State>(kind: { name: PageName; keyOf: (state: State) => string }, state: State): string {
  return `${kind.name}\n${kind.keyOf(state)}`;
}

/** View type of the tabs of a page; package.json names it to have the extension activated for a tab that comes back. */
export function pageType(name: PageName): string {
  return `facenet.${name}`;
}
