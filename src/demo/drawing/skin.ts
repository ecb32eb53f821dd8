import type { Sketch } from './sketch';
import { type Point, black, curve, mix, rgb, white } from './svg';

const faceClip = 'face';

/** Ears, then the face with its roundness: darker towards the outline, light and shadow where bones and flesh are. */
export function drawFace(sketch: Sketch): void {
  drawEars(sketch);
  const { drawing, head, tones, unit, photograph } = sketch;
  const outline = curve(head.outline(), true);
  drawing.clip(faceClip, outline);
  const centre = head.surface(0, 0.25);
  const base = drawing.radial('skin', { x: centre.x, y: centre.y - 0.2 * unit }, 1.95 * unit, [
    [0, mix(tones.base, tones.light, 0.3), 1],
    [0.45, tones.base, 1],
    [0.8, mix(tones.base, tones.shade, 0.75), 1],
    [1, tones.shade, 1],
  ]);
  drawing.path(outline, { fill: base });
  drawing.group({ clip: faceClip }, () => {
    drawing.path(outline, { stroke: rgb(tones.deep), width: 0.3 * unit, opacity: 0.55, blur: 0.13 * unit });
    shadeFlesh(sketch);
    foldsOfAge(sketch);
    lightFrom(sketch, photograph.light.strength);
  });
}

function shadeFlesh({ drawing, head, tones, unit, person, photograph }: Sketch): void {
  const soft = 0.11 * unit;
  const { cheeks } = person.face;
  const mark = (x: number, y: number, rx: number, ry: number, fill: string, opacity: number, degrees = 0): void =>
    drawing.ellipse(head.surface(x, y), rx * unit, ry * unit, { fill, opacity }, degrees);
  const [light, shade, deep] = [rgb(tones.light), rgb(tones.shade), rgb(tones.deep)];
  drawing.group({ blur: soft }, () => {
    for (const side of [-1, 1]) {
      mark(side * person.eyes.spacing, -0.05, 0.3, 0.2, deep, 0.4);
      mark(side * 0.86, -0.35, 0.16, 0.4, shade, 0.55);
      mark(side * 0.72, 0.85, 0.18, 0.42, deep, 0.2 + 0.6 * Math.max(0, 1 - cheeks) * 3, side * 25);
      mark(side * 0.6, 0.42, 0.26, 0.17, light, 0.45, side * -20);
      mark(side * 0.55, 0.55, 0.24, 0.2, rgb(mix(tones.base, [205, 70, 60], 0.6)), 0.3);
      mark(side * 0.17, 0.1, 0.06, 0.3, shade, 0.6);
    }
    mark(0, -0.62, 0.5, 0.22, light, 0.55);
    mark(0, person.mouth.y + 0.24, 0.28, 0.07, deep, 0.4);
    mark(0, head.chin * 0.9, 0.26, 0.14, light, 0.4);
    mark(0, person.nose.length + 0.13, 0.1, 0.1, shade, 0.35);
  });
  const laugh = Math.max(photograph.expression.smile, 0);
  if (laugh > 0.2) {
    drawing.group({ blur: 0.07 * unit, opacity: laugh * 0.5 }, () => {
      for (const side of [-1, 1]) mark(side * 0.55, 0.62, 0.2, 0.12, light, 0.8);
    });
  }
}

/** Lines from the nose to the mouth, on the forehead and beside the eyes; deeper with age and when smiling. */
function foldsOfAge({ drawing, head, tones, unit, person, photograph }: Sketch): void {
  const smile = Math.max(photograph.expression.smile, 0);
  const deep = rgb(tones.deep);
  const line = (points: readonly (readonly [number, number])[], width: number, opacity: number): void =>
    drawing.path(curve(points.map(([x, y]): Point => head.surface(x, y))), {
      stroke: deep,
      width: width * unit,
      opacity,
    });
  const { nose, mouth, age } = { ...person };
  drawing.group({ blur: 0.03 * unit }, () => {
    for (const side of [-1, 1]) {
      const x = nose.width * 0.5;
      line(
        [
          [side * (x + 0.06), nose.length - 0.08],
          [side * (x + 0.17 + 0.05 * smile), nose.length + 0.08],
          [side * (mouth.width + 0.1 + 0.04 * smile), mouth.y - 0.12],
        ],
        0.06,
        Math.min(0.1 + 0.3 * age + 0.25 * smile, 0.5),
      );
    }
  });
  for (const side of [-1, 1]) {
    if (age > 0.45) {
      const corner = person.eyes.spacing + person.eyes.width;
      line(
        [
          [side * (corner + 0.03), -0.02],
          [side * (corner + 0.16), 0.06],
        ],
        0.02,
        age * 0.5,
      );
      line(
        [
          [side * (corner + 0.04), -0.06],
          [side * (corner + 0.17), -0.08],
        ],
        0.02,
        age * 0.4,
      );
    }
  }
  if (age < 0.35) return;
  for (let i = 0; i < 3; i++) {
    const y = -0.55 - i * 0.12;
    line(
      [
        [-0.42, y + 0.02],
        [-0.15, y - 0.02],
        [0.15, y - 0.02],
        [0.42, y + 0.02],
      ],
      0.022,
      (age - 0.3) * 0.5,
    );
  }
}

/** One side of the face lighter, the other in shadow. */
function lightFrom({ drawing, head, unit, photograph }: Sketch, strength: number): void {
  const { x, y } = photograph.light;
  const length = Math.max(Math.hypot(x, y), 0.2);
  const centre = head.surface(0, 0.2);
  const reach = 1.25 * unit;
  const at = (sign: number): Point => ({
    x: centre.x + (sign * reach * x) / length,
    y: centre.y + (sign * reach * y) / length,
  });
  const fill = drawing.linear('light', at(1), at(-1), [
    [0, white, 0.3 * strength],
    [0.35, white, 0.06 * strength],
    [0.5, black, 0.04 * strength],
    [0.75, black, 0.42 * strength],
    [1, black, 0.72 * strength],
  ]);
  drawing.path('M-50 -50H350V350H-50Z', { fill });
}

function drawEars({ drawing, head, tones, unit, person, photograph }: Sketch): void {
  const { yaw, roll } = photograph.pose;
  for (const side of [-1, 1]) {
    // The ear of the side that turns away disappears behind the cheek.
    if (side * Math.sin(yaw) > 0.28) continue;
    const width = head.halfWidth(0.15);
    const centre = head.project(side * (width + 0.03), 0.16, -0.12);
    const [rx, ry] = [0.15 * unit * person.ears, 0.33 * unit * person.ears];
    const tilt = (roll * 180) / Math.PI + side * 8;
    drawing.ellipse(centre, rx, ry, { fill: rgb(mix(tones.base, tones.shade, 0.7)) }, tilt);
    drawing.ellipse(centre, rx * 0.55, ry * 0.65, { fill: rgb(tones.deep), opacity: 0.45, blur: 0.03 * unit }, tilt);
  }
}
