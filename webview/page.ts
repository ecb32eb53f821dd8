import type { ToPage } from '../src/protocol/webview';

/** A page in a tab: shows what it receives, its own kind of messages, until it is disposed of. */
export interface Page<Message extends ToPage = ToPage> {
  receive(message: Message): void;
  dispose(): void;
}
