import type { ToPage } from '../src/protocol/webview';

/** A page in a tab: shows what it receives until it is disposed of. */
export interface Page {
  receive(message: ToPage): void;
  dispose(): void;
}
