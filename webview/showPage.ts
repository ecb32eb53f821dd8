// What every page begins with. Its entry imports this before the page itself, so that the words of the window's language
// are there before anything that makes texts.
import './words';
import './styles/page.css';
import './styles/charts.css';
import './styles/lists.css';
import './styles/verdict.css';
import './styles/lineage.css';
import * as l10n from '@vscode/l10n';
import type { PageName, Pages } from '../src/protocol/webview';
import { element, setText } from './element';
import { type Host, connectHost } from './host';
import { Lineage } from './lineage';
import { keepScroll } from './scrollPosition';
import { registerElements } from './ui';

/** A page in a tab: shows what it receives, its own kind of messages, until it is disposed of. */
export interface Page<Name extends PageName = PageName> {
  receive(message: Pages[Name]['to']): void;
  dispose(): void;
}

/** Makes a page in `root`. */
export type MakePage<Name extends PageName = PageName> = (root: HTMLElement, host: Host<Name>) => Page<Name>;

/** Shows this page in the document, and tells the host that it is ready; called once by the entry of the page. */
export function showPage<Name extends PageName>(name: Name, make: MakePage<Name>): void {
  registerElements();
  const { state, view } = document.body.dataset;
  const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  const host = connectHost(parsed(state), parsed(view) as Record<string, unknown> | undefined);
  const root = element('main', { class: `${name}-page` });
  const failure = element('p', { class: 'failure', role: 'alert' });
  failure.hidden = true;
  const reading = element('p', { class: 'reading', role: 'status' }, l10n.t('Reading…'));
  const lineage = new Lineage((index) => host.post({ type: 'followLineage', index }));
  document.body.append(lineage.element, failure, reading, root);
  const page: Page = make(root, host);
  // Nothing is shown of a page that knows nothing yet; it has its size, because charts measure it.
  root.classList.add('unfilled');
  const scroll = keepScroll(host);
  host.onMessage((message) => {
    if (message.type === 'about') return host.about(message.about);
    if (message.type === 'lineage') return lineage.show(message.steps);
    reading.remove();
    failure.hidden = message.type !== 'failed';
    if (message.type === 'failed') setText(failure, message.message);
    else page.receive(message);
    if (!message.type.startsWith('hydrate') || !root.classList.contains('unfilled')) return;
    root.classList.remove('unfilled');
    scroll.restore();
  });
  host.post({ type: 'ready' });
}
