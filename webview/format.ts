// Numbers and times as the pages write them; rates and their changes are in src/words/rates.ts.
import * as l10n from '@vscode/l10n';

/** Thousands apart by a thin space at which no line ends: 12 400. */
export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** As many decimals as the value has, three at most: for axes. */
export function tidy(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A power of ten on an axis: 100, 1, 0.01, 1e-4. */
export function logTick(value: number): string {
  return value >= 1e-3 && value < 1e4 ? tidy(value) : compact(value);
}

/** A loss: three significant digits, plain where that is short. `not finite` for what JSON carries as null. */
export function loss(value: number | null | undefined): string {
  if (value === null) return l10n.t('not finite');
  if (value === undefined) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e4 || size < 1e-3 ? compact(value) : value.toPrecision(size < 1 ? 3 : 4);
}

/** Three significant digits, plain where that is short: 0.05, 1, 5e-4, 1.25e-3; as learning rates are written. */
export function compact(value: number): string {
  if (value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1e4)) return String(Number(value.toPrecision(3)));
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return `${mantissa.replace(/\.?0+$/, '')}e${Number(exponent)}`;
}

/** 4 s, 3 min 20 s, 1 h 5 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes < 10 && whole % 60 > 0 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Images per second: one decimal where they are few. */
export function throughput(imagesPerSecond: number): string {
  return imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : integer(imagesPerSecond);
}

/** An amount of memory: 640 MB, 1.25 GB. */
export function memory(bytes: number): string {
  return bytes < 1e9 ? `${integer(bytes / 1e6)}\u00a0MB` : `${Number((bytes / 1e9).toPrecision(3))}\u00a0GB`;
}

/** Time of day of an event, in the reader's own time zone. */
export function clock(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString(undefined, { hour12: false });
}

/** Date and time of an ISO time stamp, in the reader's own time zone. */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short', hour12: false });
}

/** Last part of a path of either kind. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
