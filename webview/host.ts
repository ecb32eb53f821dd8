import type { FromPage, PageName, ToPage } from '../src/protocol/webview';
import { coalesce } from './redraw';

interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What the page remembers between two loads: what it is about (the host's), and how it is looked at (the page's). */
interface SavedState {
  host?: unknown;
  view?: Record<string, unknown> | undefined;
}

/** The host is told of what is saved at most this often. */
const viewMilliseconds = 500;

/** The extension host as this page sees it. */
export interface Host<Name extends PageName = PageName> {
  post(message: FromPage<Name>): void;
  /** Value the page has saved under this name, or undefined. */
  saved<T>(name: string): T | undefined;
  save(name: string, value: unknown): void;
}

/** As whoever shows the page sees it. */
export interface HostConnection extends Host {
  /** Calls `handler` for each message; returns what ends that. */
  onMessage(handler: (message: ToPage) => void): () => void;
  /** Keeps what the page is about, with what was chosen. */
  about(state: unknown): void;
}

/**
 * Connects to the host. `about` comes from the document and is kept beside the view state, because after a reload of
 * the window the host finds its run or report by it alone. `before` is how the page was looked at in a tab that has been
 * lost; the page's own saved state goes before it. What is saved is told to the host, which outlives the tab.
 */
export function connectHost(about: unknown, before?: Record<string, unknown>): HostConnection {
  const api = acquireVsCodeApi();
  const state: SavedState = { view: before, ...(api.getState() as SavedState | undefined), host: about };
  api.setState(state);
  const tell = coalesce(() => api.postMessage({ type: 'view', view: state.view ?? {} }), viewMilliseconds);
  return {
    post: (message) => api.postMessage(message),
    onMessage(handler) {
      const listener = (event: MessageEvent<ToPage>): void => handler(event.data);
      window.addEventListener('message', listener);
      return () => window.removeEventListener('message', listener);
    },
    saved: <T>(name: string) => state.view?.[name] as T | undefined,
    save(name, value) {
      state.view = { ...state.view, [name]: value };
      api.setState(state);
      tell.request();
    },
    about(next) {
      state.host = next;
      api.setState(state);
    },
  };
}
