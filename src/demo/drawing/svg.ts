// The little of SVG that a face needs: points, smooth outlines, colours.

export interface Point {
  x: number;
  y: number;
}

/** Red, green, blue, 0 … 255. */
export type Color = readonly [number, number, number];

const number = (value: number): string => String(Math.round(value * 100) / 100);

export const rgb = ([r, g, b]: Color): string => `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;

/** From `a` (share 0) to `b` (share 1). */
export function mix(a: Color, b: Color, share: number): Color {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export const black: Color = [0, 0, 0];
export const white: Color = [255, 255, 255];

/** Path data of a smooth curve through the points (Catmull-Rom splines as cubic Béziers). */
export function curve(points: readonly Point[], closed = false): string {
  const count = points.length;
  const at = (index: number): Point =>
    points[closed ? (index + count) % count : Math.min(Math.max(index, 0), count - 1)]!;
  let path = `M${number(points[0]!.x)} ${number(points[0]!.y)}`;
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const c1 = { x: p1.x + (p2.x - p0.x) / 6, y: p1.y + (p2.y - p0.y) / 6 };
    const c2 = { x: p2.x - (p3.x - p1.x) / 6, y: p2.y - (p3.y - p1.y) / 6 };
    path += `C${[c1, c2, p2].map(({ x, y }) => `${number(x)} ${number(y)}`).join(' ')}`;
  }
  return closed ? `${path}Z` : path;
}

export interface Paint {
  fill?: string;
  stroke?: string;
  width?: number;
  opacity?: number;
  /** Standard deviation of a Gaussian blur, pixels. */
  blur?: number;
  clip?: string;
}

function attributes(paint: Paint): string {
  const { fill, stroke, width } = paint;
  let text = ` fill="${fill ?? 'none'}"`;
  if (stroke !== undefined) text += ` stroke="${stroke}" stroke-width="${number(width ?? 1)}" stroke-linecap="round"`;
  return text + shared(paint);
}

/** What shapes and groups have in common. */
function shared({ opacity, clip }: Paint): string {
  const text = opacity === undefined ? '' : ` opacity="${number(opacity)}"`;
  return clip === undefined ? text : `${text} clip-path="url(#${clip})"`;
}

/** A drawing under way: definitions (gradients, clips, blurs) and the shapes in the order of painting. */
export class Drawing {
  private readonly definitions = new Map<string, string>();
  private readonly shapes: string[] = [];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  path(data: string, paint: Paint): void {
    this.add(`<path d="${data}"${attributes(paint)}${this.blurred(paint)}/>`);
  }

  ellipse({ x, y }: Point, rx: number, ry: number, paint: Paint, degrees = 0): void {
    const turn = degrees === 0 ? '' : ` transform="rotate(${number(degrees)} ${number(x)} ${number(y)})"`;
    const size = `cx="${number(x)}" cy="${number(y)}" rx="${number(Math.max(rx, 0))}" ry="${number(Math.max(ry, 0))}"`;
    this.add(`<ellipse ${size}${turn}${attributes(paint)}${this.blurred(paint)}/>`);
  }

  /** Paints what `draw` draws inside a clip path, blurred as one. */
  group(paint: Pick<Paint, 'clip' | 'opacity' | 'blur'>, draw: () => void): void {
    // The clip is the outer group's, so that a blur inside does not soften the clip's edge.
    this.add(`<g${shared(paint)}><g${this.blurred(paint)}>`);
    draw();
    this.add('</g></g>');
  }

  /** Registers a clip path under `id`. */
  clip(id: string, data: string): string {
    this.definitions.set(id, `<clipPath id="${id}"><path d="${data}"/></clipPath>`);
    return id;
  }

  /** A linear gradient between two points in pixels; gives the paint. Stops: offset 0 … 1, colour, opacity. */
  linear(id: string, from: Point, to: Point, stops: readonly (readonly [number, Color, number])[]): string {
    const line = `x1="${number(from.x)}" y1="${number(from.y)}" x2="${number(to.x)}" y2="${number(to.y)}"`;
    this.definitions.set(
      id,
      `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" ${line}>${stopList(stops)}</linearGradient>`,
    );
    return `url(#${id})`;
  }

  /** A radial gradient of `radius` pixels; gives the paint. */
  radial(id: string, { x, y }: Point, radius: number, stops: readonly (readonly [number, Color, number])[]): string {
    const circle = `cx="${number(x)}" cy="${number(y)}" r="${number(radius)}"`;
    this.definitions.set(
      id,
      `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" ${circle}>${stopList(stops)}</radialGradient>`,
    );
    return `url(#${id})`;
  }

  toString(): string {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    const definitions = [...this.definitions.values()].join('');
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><defs>${definitions}</defs>${this.shapes.join('')}</svg>`;
  }

  private add(shape: string): void {
    this.shapes.push(shape);
  }

  private blurred({ blur }: Paint): string {
    // Blurs take most of the time, and one of less than a pixel is not seen.
    if (blur === undefined || blur < 1) return '';
    const id = `blur${Math.round(blur * 10)}`;
    const region = 'x="-30%" y="-30%" width="160%" height="160%"';
    const filter = `<filter id="${id}" ${region}><feGaussianBlur stdDeviation="${number(Math.round(blur * 10) / 10)}"/></filter>`;
    this.definitions.set(id, filter);
    return ` filter="url(#${id})"`;
  }
}

function stopList(stops: readonly (readonly [number, Color, number])[]): string {
  return stops
    .map(([offset, color, opacity]) => {
      const look = `stop-color="${rgb(color)}" stop-opacity="${number(opacity)}"`;
      return `<stop offset="${number(offset)}" ${look}/>`;
    })
    .join('');
}
