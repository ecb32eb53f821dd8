import 'uplot/dist/uPlot.min.css';
import './styles/page.css';
import './styles/charts.css';
import './styles/lists.css';
import './styles/checkpoint.css';
import './styles/gallery.css';
import './words';
import * as l10n from '@vscode/l10n';
import type { PageName } from '../src/protocol/webview';
import { checkpointPage } from './checkpoint/checkpointPage';
import { element } from './element';
import { type Host, connectHost } from './host';
import { galleryPage } from './gallery/galleryPage';
import { lfwPage } from './lfw/lfwPage';
import type { Page } from './page';
import { runPage } from './run/runPage';
import { keepScroll } from './scrollPosition';
import { registerElements } from './ui';

const pages: Record<PageName, (root: HTMLElement, host: Host) => Page> = {
  run: runPage,
  lfw: lfwPage,
  checkpoint: checkpointPage,
  gallery: galleryPage,
};

function isPage(name: string | undefined): name is PageName {
  return name !== undefined && Object.hasOwn(pages, name);
}

function start(): void {
  const { page: name, state, view } = document.body.dataset;
  if (!isPage(name)) throw new Error(`There is no page ${String(name)}`);
  registerElements();
  const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  const host = connectHost(parsed(state), parsed(view) as Record<string, unknown> | undefined);
  const root = element('main', { class: `${name}-page` });
  const failure = element('p', { class: 'failure', role: 'alert' });
  failure.hidden = true;
  const reading = element('p', { class: 'reading', role: 'status' }, l10n.t('Reading…'));
  document.body.append(failure, reading, root);
  const page = pages[name](root, host);
  // Nothing is shown of a page that knows nothing yet; it has its size, because charts measure it.
  root.classList.add('unfilled');
  const scroll = keepScroll(host);
  host.onMessage((message) => {
    if (message.type === 'about') return host.about(message.about);
    reading.remove();
    failure.hidden = message.type !== 'failed';
    if (message.type === 'failed') failure.textContent = message.message;
    else page.receive(message);
    if (!message.type.startsWith('hydrate') || !root.classList.contains('unfilled')) return;
    root.classList.remove('unfilled');
    scroll.restore();
  });
  host.post({ type: 'ready' });
}

start();
