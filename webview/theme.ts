/** Colours of the present theme, resolved for the canvas. */
export interface Theme {
  foreground: string;
  muted: string;
  grid: string;
  axis: string;
  background: string;
  blue: string;
  orange: string;
  green: string;
  red: string;
  purple: string;
  focus: string;
  /** CSS font of axis labels at 1× pixel ratio. */
  fontFamily: string;
}

/** A colour of the theme by its role in a chart. */
export type ChartColor = 'blue' | 'orange' | 'green' | 'red' | 'purple' | 'foreground' | 'muted';

/** Reads the colours that VS Code has set on the document. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = color('foreground', '#808080');
  const highContrast = document.body.classList.contains('vscode-high-contrast');
  return {
    foreground,
    muted: color('descriptionForeground', foreground),
    grid: translucent(foreground, highContrast ? 0.18 : 0.09),
    axis: translucent(foreground, highContrast ? 0.8 : 0.28),
    background: color('editorWidget-background', color('editor-background', '#000000')),
    blue: color('charts-blue', foreground),
    // The pages' own: see page.css.
    orange: getComputedStyle(document.body).getPropertyValue('--second').trim() || foreground,
    green: color('charts-green', foreground),
    red: color('charts-red', foreground),
    purple: color('charts-purple', foreground),
    focus: color('focusBorder', foreground),
    fontFamily: color('font-family', 'system-ui, sans-serif'),
  };
}

/** The same colour with this opacity, 0 … 1; an rgba colour's own opacity is replaced. */
export function translucent(color: string, alpha: number): string {
  const rgb = channels(color);
  return rgb === undefined ? color : `rgba(${rgb.join(', ')}, ${alpha})`;
}

function channels(color: string): [number, number, number] | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(color);
  if (short !== null) return triple(short.slice(1, 4).map((digit) => parseInt(digit + digit, 16)));
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(color);
  if (long !== null) return triple(long.slice(1, 4).map((pair) => parseInt(pair, 16)));
  const rgb = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/i.exec(color);
  return rgb === null ? undefined : triple(rgb.slice(1, 4).map(Number));
}

function triple([red = 0, green = 0, blue = 0]: number[]): [number, number, number] {
  return [red, green, blue];
}

/** Calls `changed` after VS Code has put another theme on the document; returns what ends that. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  // The class names the kind of theme, the style of the root carries its colours: two dark themes share the class.
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
