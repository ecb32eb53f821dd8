import { shownText } from '../../protocol/shownText';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in an element or a quoted attribute, and as it may be read: nothing of it acts. */
export function escapeHtml(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** Coordinates with a tenth of a pixel: finer is not seen and doubles the file. */
export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** As many decimals as the value has, three at most. */
export function tidy(value: number): string {
  return String(Number(value.toFixed(3)));
}
