// What some people wear or grow: beards, glasses, moles, freckles.
import { SeededRandom } from '../seededRandom';
import type { Sketch } from './sketch';
import { type Point, black, curve, mix, rgb } from './svg';

export function drawSpots({ drawing, head, person, tones, unit }: Sketch): void {
  const random = new SeededRandom(Math.round(person.face.width * 1e6), 'freckles');
  if (person.freckles > 0) {
    for (let i = 0; i < 60 * person.freckles; i++) {
      const at = head.surface(random.normal(0.4), 0.35 + random.normal(0.14), 0.02);
      const radius = random.uniform(0.008, 0.02) * unit;
      drawing.ellipse(at, radius, radius, { fill: rgb(mix(tones.base, [150, 80, 40], 0.6)), opacity: 0.6 });
    }
  }
  for (const { x, y, radius } of person.moles) {
    drawing.ellipse(head.surface(x, y), radius * unit, radius * unit, {
      fill: rgb(mix(tones.deep, black, 0.3)),
      opacity: 0.9,
    });
  }
}

/** Stubble and beards: a soft darker area, and for the longer ones hairs on it. */
export function drawBeard({ drawing, head, person, photograph, unit }: Sketch): void {
  const { beard, mouth, nose, hair } = person;
  const { kind } = beard;
  if (kind === 'none') return;
  const color = mix(hair.color, [40, 30, 26], 0.35);
  const chin = head.chin;
  const half = mouth.width;
  const shape = (points: readonly (readonly [number, number])[]): string => {
    const mirrored = [...points].reverse().filter(([x]) => x !== 0);
    const all = [...points, ...mirrored.map(([x, y]) => [-x, y] as const)];
    return curve(
      all.map(([x, y]): Point => head.surface(x, y, 0.02)),
      true,
    );
  };
  const lip = nose.length + 0.08;
  const areas: Record<typeof kind, string[]> = {
    moustache: [
      shape([
        [0, lip],
        [half * 0.6, lip + 0.03],
        [half * 1.15, mouth.y + 0.02],
        [half * 0.6, mouth.y - mouth.upper - 0.02],
        [0, mouth.y - mouth.upper - 0.03],
      ]),
    ],
    goatee: [
      shape([
        [0, lip + 0.02],
        [half * 0.7, lip + 0.06],
        [half * 1.15, mouth.y + 0.1],
        [half * 0.9, chin * 0.9],
        [0, chin * 0.985],
      ]),
    ],
    full: [
      shape([
        [0, lip],
        [half, lip + 0.08],
        [0.66, 0.8],
        [0.9 * head.halfWidth(0.3), 0.3],
        [0.97 * head.halfWidth(0.6), 0.6],
        [0.93 * head.halfWidth(1.1), 1.1],
        [0.5, chin * 0.95],
        [0, chin * 0.995],
      ]),
    ],
    stubble: [
      shape([
        [0, lip],
        [half, lip + 0.08],
        [0.64, 0.85],
        [0.9 * head.halfWidth(0.5), 0.5],
        [0.93 * head.halfWidth(1.1), 1.1],
        [0.5, chin * 0.95],
        [0, chin * 0.995],
      ]),
    ],
  };
  const opacity = beard.kind === 'stubble' ? 0.32 * beard.density : beard.density;
  const face = { clip: 'face' };
  drawing.group(face, () => {
    for (const [index, area] of areas[kind].entries()) {
      drawing.path(area, { fill: rgb(color), opacity, blur: (beard.kind === 'stubble' ? 0.1 : 0.045) * unit });
      const clip = drawing.clip(`beard${index}`, area);
      const random = new SeededRandom(photograph.seed, 'beard', index);
      drawing.group({ clip }, () => {
        const hairs = beard.kind === 'stubble' ? 120 : 160;
        for (let i = 0; i < hairs; i++) {
          const [x, y] = [random.uniform(-0.9, 0.9), random.uniform(lip, chin)];
          const at = head.surface(x, y, 0.03);
          const length = (beard.kind === 'stubble' ? 0.02 : 0.1) * unit;
          const tip = { x: at.x + (x * 0.3 + random.normal(0.2)) * length, y: at.y + length };
          drawing.path(curve([at, tip]), {
            stroke: rgb(random.chance(0.6) ? mix(color, black, 0.5) : mix(color, [255, 240, 220], 0.25)),
            width: 0.018 * unit,
            opacity: 0.5,
          });
        }
      });
    }
  });
}

export function drawGlasses({ drawing, head, person, unit, photograph }: Sketch): void {
  const { glasses, eyes } = person;
  if (glasses === undefined || !photograph.glasses) return;
  const color = rgb(glasses.color);
  const lift = 0.16;
  const [rx, ry] = [0.31 * glasses.size, (glasses.shape === 'square' ? 0.2 : 0.24) * glasses.size];
  const power = glasses.shape === 'square' ? 4 : 2.2;
  const rim = (side: number): Point[] =>
    Array.from({ length: 20 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 20;
      const bend = (value: number): number => Math.sign(value) * Math.abs(value) ** (2 / power);
      const outer =
        glasses.shape === 'cat' ? 0.07 * Math.max(0, Math.cos(angle)) * Math.max(0, -Math.sin(angle)) * 2 : 0;
      const x = side * (eyes.spacing + 0.02) + side * rx * bend(Math.cos(angle));
      const y = eyes.y + 0.05 + ry * bend(Math.sin(angle)) - outer;
      return head.project(x, y, 0.82 + lift - 0.18 * Math.abs(x));
    });
  for (const side of [-1, 1]) {
    const points = rim(side);
    drawing.path(curve(points, true), { fill: 'white', opacity: 0.06 });
    drawing.path(
      curve(
        points.map(({ x, y }) => ({ x, y: y + 0.04 * unit })),
        true,
      ),
      {
        stroke: 'black',
        width: glasses.thickness * unit,
        opacity: 0.3,
        blur: 0.03 * unit,
      },
    );
    drawing.path(curve(points, true), { stroke: color, width: glasses.thickness * unit });
    const hinge = points[0]!;
    const ear = head.project(side * (head.halfWidth(0) + 0.02), -0.02, -0.1);
    // The bow of the side that turns away is behind the face.
    if (side * Math.sin(photograph.pose.yaw) < 0.15) {
      drawing.path(curve([hinge, ear]), { stroke: color, width: glasses.thickness * 0.9 * unit });
    }
  }
  const bridge = [-1, 0, 1].map((share) =>
    head.project(share * (eyes.spacing - rx + 0.02), eyes.y + (share === 0 ? -0.03 : 0.02), 0.98),
  );
  drawing.path(curve(bridge), { stroke: color, width: glasses.thickness * unit });
}
