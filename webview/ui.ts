// The only file that knows the toolkit: another set of elements is a change here and nowhere else.
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import { type Child, element } from './element';

/** Defines the elements that are used here; called once before the first of them is made. */
export function registerElements(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());
}

export interface ButtonOptions {
  label: string;
  appearance?: 'primary' | 'secondary';
  title?: string;
  onClick: () => void;
}

/** A push button. */
export function button({ label, appearance = 'secondary', title, onClick }: ButtonOptions): HTMLElement {
  const node = document.createElement('vscode-button');
  node.setAttribute('appearance', appearance);
  if (title !== undefined) node.title = title;
  node.textContent = label;
  node.addEventListener('click', onClick);
  return node;
}

/** Enables or disables a button of `button`. */
export function setEnabled(node: HTMLElement, enabled: boolean): void {
  node.toggleAttribute('disabled', !enabled);
}

/** A box with its label beside it. */
export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): HTMLElement {
  const node = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  node.textContent = label;
  node.checked = checked;
  node.addEventListener('change', () => onChange(node.checked));
  return node;
}

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** How the value is read out, e.g. `0.60`. */
  text(value: number): string;
  onInput(value: number): void;
}

export interface Slider {
  readonly element: HTMLElement;
  /** Moves the slider without calling `onInput`; clamped to its range. */
  set(value: number): void;
  setRange(min: number, max: number): void;
}

/** A slider with its label and value. The toolkit has none; the native one takes its colour from the theme. */
export function slider(options: SliderOptions): Slider {
  const input = element('input', {
    type: 'range',
    min: options.min,
    max: options.max,
    step: options.step,
    'aria-label': options.label,
  });
  const value = element('output', { class: 'slider-value' });
  const show = (): void => {
    const text = options.text(input.valueAsNumber);
    value.textContent = text;
    const range = Number(input.max) - Number(input.min);
    const part = range > 0 ? (input.valueAsNumber - Number(input.min)) / range : 0;
    input.style.setProperty('--filled', `${(100 * part).toFixed(1)}%`);
    input.setAttribute('aria-valuetext', text);
  };
  input.valueAsNumber = options.value;
  show();
  input.addEventListener('input', () => {
    show();
    options.onInput(input.valueAsNumber);
  });
  return {
    element: element('label', { class: 'slider' }, element('span', {}, options.label), input, value),
    set(next) {
      input.valueAsNumber = next;
      show();
    },
    setRange(min, max) {
      input.min = String(min);
      input.max = String(max);
      show();
    },
  };
}

/** A field that narrows a list as one types. */
export function filterField(options: {
  label: string;
  placeholder: string;
  value: string;
  onInput: (value: string) => void;
}): HTMLInputElement {
  const { label, placeholder, value, onInput } = options;
  const field = element('input', { type: 'search', class: 'filter', placeholder, 'aria-label': label });
  field.value = value;
  field.addEventListener('input', () => onInput(field.value));
  return field;
}

/** Something that reads like a link and acts like a button. */
export function linkButton(label: string | readonly Child[], onClick: () => void): HTMLButtonElement {
  const node = element('button', { class: 'link', type: 'button' }, ...(typeof label === 'string' ? [label] : label));
  node.addEventListener('click', onClick);
  return node;
}
