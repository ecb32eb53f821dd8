import 'uplot/dist/uPlot.min.css';
import './styles/page.css';
import './styles/charts.css';
import './styles/lists.css';
import './styles/checkpoint.css';
import './styles/gallery.css';
import type { PageName } from '../src/protocol/webview';
import { checkpointPage } from './checkpoint/checkpointPage';
import { element } from './element';
import { type Host, connectHost } from './host';
import { galleryPage } from './gallery/galleryPage';
import { lfwPage } from './lfw/lfwPage';
import type { Page } from './page';
import { runPage } from './run/runPage';
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
  const { page: name, state } = document.body.dataset;
  if (!isPage(name)) throw new Error(`There is no page ${String(name)}`);
  registerElements();
  const host = connectHost(state === undefined ? undefined : JSON.parse(state));
  const root = element('main', { class: `${name}-page` });
  const failure = element('p', { class: 'failure', role: 'alert' });
  failure.hidden = true;
  document.body.append(failure, root);
  const page = pages[name](root, host);
  host.onMessage((message) => {
    failure.hidden = message.type !== 'failed';
    if (message.type === 'failed') failure.textContent = message.message;
    else page.receive(message);
  });
  host.post({ type: 'ready' });
}

start();
