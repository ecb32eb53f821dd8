import { type HairStyle } from '../person';
import { SeededRandom } from '../seededRandom';
import type { Sketch } from './sketch';
import { type Point, black, curve, mix, rgb, white } from './svg';

/** How far the hair reaches down at the back and sides (units below the eyes), and how the front falls. */
const looks: Record<
  HairStyle,
  { length: number; volume: number; front: 'none' | 'up' | 'side' | 'fringe'; cap: boolean }
> = {
  bald: { length: 0, volume: 0, front: 'none', cap: false },
  buzz: { length: 0.15, volume: 0.02, front: 'up', cap: true },
  short: { length: 0.25, volume: 0.6, front: 'up', cap: true },
  side: { length: 0.3, volume: 0.8, front: 'side', cap: true },
  receding: { length: 0.3, volume: 0.3, front: 'none', cap: true },
  fringe: { length: 0.5, volume: 0.7, front: 'fringe', cap: true },
  bob: { length: 1.35, volume: 1, front: 'side', cap: true },
  long: { length: 2.6, volume: 1, front: 'side', cap: true },
  curly: { length: 1.0, volume: 1.9, front: 'up', cap: true },
};

/** The outlines of both sides begin here; above it the crown rounds the head off. */
const crownStart = -1.46;

/** The highest point of the hair, as far above the outlines' beginning as rounds them off. */
function crownPoint({ head }: Sketch, grow: number): Point {
  const [left, right] = [
    head.sideOutline(-1, grow, crownStart, 0, 1)[0]!,
    head.sideOutline(1, grow, crownStart, 0, 1)[0]!,
  ];
  const { roll, scale } = head.pose;
  const rise = (0.12 + 0.75 * grow) * scale;
  return {
    x: (left.x + right.x) / 2 + Math.sin(roll) * rise,
    y: (left.y + right.y) / 2 - Math.cos(roll) * rise,
  };
}

/** Hair behind the head; painted before the face. */
export function drawBackHair(sketch: Sketch): void {
  const { drawing, head, person, unit } = sketch;
  const { hair } = person;
  const look = looks[hair.style];
  if (!look.cap || hair.style === 'receding') return;
  const grow = hair.volume * look.volume + 0.02;
  const low = Math.max(look.length, 0.2);
  const left = head.sideOutline(-1, grow + 0.05, crownStart, Math.min(low, 1), 14);
  const right = head.sideOutline(1, grow + 0.05, crownStart, Math.min(low, 1), 14);
  const crown = crownPoint(sketch, grow + 0.05);
  const down = (low - 1) * unit;
  if (down > 0) {
    left.push({ x: left[14]!.x - 0.12 * unit, y: left[14]!.y + down });
    right.push({ x: right[14]!.x + 0.12 * unit, y: right[14]!.y + down });
  }
  const dark = mix(hair.color, black, 0.45);
  // Short hair ends close to the neck.
  if (low < 0.6) for (const side of [left, right]) drawIn(side, crown.x);
  const outline = [crown, ...right, ...left.reverse()];
  if (hair.style === 'curly') {
    drawing.path(curve(outline, true), { fill: rgb(dark) });
    const rim = outline.filter((point) => point !== crown);
    curlsAlong(sketch, [...rim, ...crownArc(left.at(-1)!, crown, right[0]!)], 'back', 0.16);
    return;
  }
  drawing.path(curve(outline, true), { fill: rgb(dark), blur: 0.02 * unit });
  strands(
    sketch,
    outline.map((point) => ({ from: { x: crown.x, y: crown.y + 0.2 * unit }, to: point })),
    'back',
    40,
    0.3,
  );
}

function drawIn(side: Point[], x: number): void {
  const last = side.length - 1;
  for (let back = 0; back < 4; back++) {
    const point = side[last - back]!;
    side[last - back] = { x: x + (point.x - x) * (0.72 + 0.07 * back), y: point.y };
  }
}

/** Hair over the forehead and the temples; painted after the face. */
export function drawFrontHair(sketch: Sketch): void {
  const { drawing, head, person, photograph, unit } = sketch;
  const { hair } = person;
  const look = looks[hair.style];
  if (!look.cap) return;
  const grow = hair.volume * look.volume + (hair.style === 'buzz' ? 0.01 : 0.03);
  const temple = hair.style === 'receding' ? -0.75 : -0.5;
  const sideburn = hair.style === 'receding' || hair.style === 'buzz' ? 0 : 0.12;
  const top = [-1, 1].map((side) => head.sideOutline(side as -1 | 1, grow, crownStart, -0.1, 12));
  const crown = crownPoint(sketch, grow);
  const [left, right] = [top[0]!, top[1]!];
  const line = hairline(sketch, temple);
  const corner = (side: number): Point => head.surface(side * head.halfWidth(sideburn) * 0.985, sideburn);
  const outline =
    hair.style === 'receding' ? undefined : [crown, ...right, corner(1), ...line, corner(-1), ...[...left].reverse()];
  const light = photograph.light.x;
  const fill = drawing.radial('hair', { x: crown.x + light * 0.5 * unit, y: crown.y + 0.45 * unit }, 1.5 * unit, [
    [0, mix(hair.color, white, 0.22), 1],
    [0.4, hair.color, 1],
    [1, mix(hair.color, black, 0.5), 1],
  ]);
  if (outline === undefined) {
    drawThinHair(sketch, fill, grow);
    return;
  }
  const opacity = hair.style === 'buzz' ? 0.7 : 1;
  drawing.path(curve(outline, true), { fill: rgb(mix(hair.color, black, 0.7)), opacity: 0.35, blur: 0.07 * unit });
  drawing.path(curve(outline, true), { fill, opacity, blur: hair.style === 'buzz' ? 0.03 * unit : 0.012 * unit });
  if (hair.style === 'curly')
    curlsAlong(sketch, [...right, ...crownArc(left[0]!, crown, right[0]!), ...left, ...line], 'front', 0.12);
  const clip = drawing.clip('hairClip', curve(outline, true));
  drawing.group({ clip }, () => {
    if (hair.style === 'curly') curls(sketch, outline);
    else {
      const part: Point = head.project(hair.parting * 0.5, -1.5 - grow * 0.6, 0.4);
      strands(
        sketch,
        [...line, ...right, ...left].map((to) => ({ from: part, to })),
        'front',
        hair.style === 'buzz' ? 20 : 70,
        0.4,
      );
    }
  });
}

/** From the right temple over the forehead to the left one. */
function hairline({ head, person }: Sketch, temple: number): Point[] {
  const { hair } = person;
  const { front } = looks[hair.style];
  const points: Point[] = [];
  for (let i = 0; i <= 12; i++) {
    const share = 1 - (2 * i) / 12;
    const x = share * 0.9 * head.faceWidth;
    const round = Math.abs(share) ** 2.6;
    let y = hair.hairline + (temple - hair.hairline) * round;
    if (front === 'fringe') y = -0.46 + 0.05 * Math.cos(share * 9) + 0.12 * round;
    if (front === 'side')
      y +=
        0.42 * Math.max(0, 1 - Math.abs(share - hair.parting) * 0.9) * -0.35 +
        0.28 * Math.min(1, Math.abs(share - hair.parting)) ** 1.4;
    points.push(head.surface(x, Math.min(y, -0.3), 0.04));
  }
  return points;
}

/** A bald crown with hair at the temples. */
function drawThinHair({ drawing, head, unit }: Sketch, fill: string, grow: number): void {
  for (const side of [-1, 1] as const) {
    const outer = head.sideOutline(side, 0.5 * grow + 0.03, -1.05, 0.1, 8);
    // Thin at the top, so that it ends without an edge.
    const inner = [0.94, 0.9, 0.86, 0.92, 0.985].map((share, index) => {
      const y = [0.05, -0.2, -0.5, -0.8, -1.05][index]!;
      return head.surface(side * head.halfWidth(y) * share, y);
    });
    drawing.path(curve([...outer, ...inner], true), { fill, opacity: 0.9, blur: 0.035 * unit });
  }
}

function strands(
  { drawing, photograph, person, unit }: Sketch,
  rays: readonly { from: Point; to: Point }[],
  key: string,
  count: number,
  opacity: number,
): void {
  const random = new SeededRandom(photograph.seed, 'strands', key);
  for (let i = 0; i < count; i++) {
    const { from, to } = random.pick(rays);
    const bend = random.normal(0.1) * unit;
    const end = { x: to.x + random.normal(0.05) * unit, y: to.y + random.normal(0.05) * unit };
    const middle = { x: (from.x + end.x) / 2 + bend + (end.x - from.x) * 0.15, y: (from.y + end.y) / 2 - 0.12 * unit };
    const color = random.chance(0.5) ? mix(person.hair.color, black, 0.55) : mix(person.hair.color, white, 0.28);
    const start = { x: from.x + random.normal(0.12) * unit, y: from.y + random.normal(0.06) * unit };
    drawing.path(curve([start, middle, end]), {
      stroke: rgb(color),
      width: random.uniform(0.012, 0.035) * unit,
      opacity: opacity * random.uniform(0.4, 1),
    });
  }
}

/** Points over the crown from one side to the other. */
function crownArc(left: Point, crown: Point, right: Point): Point[] {
  const top = { x: 2 * crown.x - (left.x + right.x) / 2, y: 2 * crown.y - (left.y + right.y) / 2 };
  return Array.from({ length: 9 }, (_, i) => {
    const t = (i + 0.5) / 9;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
    return { x: a * left.x + b * top.x + c * right.x, y: a * left.y + b * top.y + c * right.y };
  });
}

/** A rim of round curls. */
function curlsAlong(
  { drawing, photograph, person, unit }: Sketch,
  outline: readonly Point[],
  key: string,
  size: number,
): void {
  const random = new SeededRandom(photograph.seed, 'curls', key);
  const dark = mix(person.hair.color, black, 0.45);
  for (const point of outline) {
    for (let i = 0; i < 3; i++) {
      const at = { x: point.x + random.normal(0.07) * unit, y: point.y + random.normal(0.07) * unit };
      const radius = random.uniform(0.6, 1.2) * size * unit;
      drawing.ellipse(at, radius, radius, { fill: rgb(mix(dark, person.hair.color, random.uniform())) });
    }
  }
}

function curls({ drawing, photograph, person, unit }: Sketch, outline: readonly Point[]): void {
  const random = new SeededRandom(photograph.seed, 'frontCurls');
  for (let i = 0; i < 90; i++) {
    const [a, b] = [random.pick(outline), random.pick(outline)];
    const share = random.uniform();
    const at = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
    const radius = random.uniform(0.05, 0.12) * unit;
    const color = random.chance(0.5) ? mix(person.hair.color, black, 0.5) : mix(person.hair.color, white, 0.15);
    drawing.ellipse(at, radius, radius * random.uniform(0.6, 1), {
      stroke: rgb(color),
      width: 0.03 * unit,
      opacity: 0.6,
    });
  }
}
