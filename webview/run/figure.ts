import { element } from '../element';

export interface Figure {
  label: string;
  value: string;
  /** Unit or standard deviation, written smaller behind the value. */
  small?: string;
  detail?: string;
  tone?: 'better' | 'worse';
}

/** A figure as a box with its name above and what it is compared with below. */
export function figureBox({ label, value, small, detail, tone }: Figure): HTMLElement {
  return element(
    'div',
    { class: 'figure' },
    element('span', { class: 'figure-label' }, label),
    element('span', { class: 'figure-value' }, value, small !== undefined && element('small', {}, ` ${small}`)),
    element('span', { class: `figure-detail ${tone ?? ''}` }, detail ?? '\u00a0'),
  );
}
