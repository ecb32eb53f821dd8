import type { Host } from './host';
import { coalesce } from './redraw';

/** What the user scrolls with; programs scroll without any of them. */
const hands = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;
/** What is above has found its size by then, and a page that is still not as long as before has become shorter. */
const patienceMilliseconds = 5000;

/**
 * Remembers how far the page is scrolled. `restore`, called once when the page has content, brings it back there and keeps
 * it there while the page finds its size: charts, pictures and what the host still reads come later. It ends when the
 * user takes over.
 */
export function keepScroll(host: Pick<Host, 'saved' | 'save'>): { restore(): void } {
  // The browser would do it before there is anything to scroll.
  history.scrollRestoration = 'manual';
  let restoring = true;
  const save = coalesce(() => {
    if (!restoring) host.save('scroll', Math.round(window.scrollY));
  }, 300);
  window.addEventListener('scroll', () => save.request(), { passive: true });
  return {
    restore() {
      const wanted = host.saved<number>('scroll') ?? 0;
      if (wanted === 0) {
        restoring = false;
        return;
      }
      // The browser would keep in place what is seen while the page is still another one.
      const { style } = document.documentElement;
      style.setProperty('overflow-anchor', 'none');
      const grown = new ResizeObserver(() => window.scrollTo(0, wanted));
      const end = (): void => {
        restoring = false;
        grown.disconnect();
        style.removeProperty('overflow-anchor');
        clearTimeout(timer);
        for (const name of hands) window.removeEventListener(name, end);
      };
      const timer = setTimeout(end, patienceMilliseconds);
      for (const name of hands) window.addEventListener(name, end, { passive: true });
      grown.observe(document.body);
      window.scrollTo(0, wanted);
    },
  };
}
