import * as l10n from '@vscode/l10n';
import { cardTitle } from '../chart/card';
import { element, fill } from '../element';
import { clock } from '../format';
import type { LogLine } from '../../src/protocol/runSeries';

/** More would make the page slow and would not be read; the log file has them all. */
const shownLines = 200;

const levelWords: Record<LogLine['level'], string> = {
  info: l10n.t('Note'),
  warning: l10n.t('Warning'),
  error: l10n.t('Error'),
};

/** What the job has said: what needs attention first, then the notes, each the latest first. */
export class MessageList {
  readonly element = element('section', { class: 'card' });
  /** The newest one that is shown; old ones are let go of, so that their number may stay the same. */
  private newest: LogLine | undefined;

  update(messages: readonly LogLine[]): void {
    const newest = messages.at(-1);
    if (newest !== undefined && newest === this.newest) return;
    this.newest = newest;
    this.element.hidden = messages.length === 0;
    const serious = messages.filter(({ level }) => level !== 'info');
    const notes = messages.filter(({ level }) => level === 'info');
    const omitted = Math.max(0, notes.length - shownLines);
    const counts = [
      serious.length > 0 && l10n.t('{0} to look at', serious.length),
      omitted > 0 && l10n.t('{0} older ones are in the log', omitted),
    ].filter((part) => part !== false);
    fill(
      this.element,
      element('header', { class: 'card-head' }, cardTitle(l10n.t('Messages'), counts.join(' · '))),
      serious.length > 0 && listOf(serious, 'messages serious'),
      notes.length > 0 && listOf(notes, 'messages'),
    );
  }
}

function listOf(lines: readonly LogLine[], style: string): HTMLElement {
  const items = lines
    .slice(-shownLines)
    .reverse()
    .map(({ time, level, message }) =>
      element(
        'li',
        { class: level },
        element('span', { class: 'badge' }, levelWords[level]),
        element('span', { class: 'message' }, message),
        element('time', {}, clock(time)),
      ),
    );
  return element('ul', { class: style, tabindex: 0 }, ...items);
}
