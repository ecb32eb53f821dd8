import type { Sketch } from './sketch';
import { type Color, type Point, black, curve, mix, rgb, white } from './svg';

/** Both eyes with lids and lashes, and the brows above them. */
export function drawEyes(sketch: Sketch): void {
  drawEye(sketch, -1);
  drawEye(sketch, 1);
  drawBrow(sketch, -1);
  drawBrow(sketch, 1);
}

function drawEye(sketch: Sketch, side: -1 | 1): void {
  const { drawing, head, tones, unit, person, photograph } = sketch;
  const { eyes } = person;
  const { expression } = photograph;
  const squint = 1 - 0.28 * Math.max(expression.smile, 0);
  const open = eyes.opening * expression.eyesOpen * squint;
  const centreX = side * eyes.spacing;
  // `along` runs from the inner corner (−1) to the outer one (1).
  const at = (along: number, up: number): Point =>
    head.surface(centreX + side * along * eyes.width, eyes.y - up - eyes.slant * along, 0.02);
  const upper = [at(-1, -0.012), at(-0.6, open * 0.72), at(0, open * 1.15), at(0.55, open * 0.95), at(1, 0)];
  const lower = [at(0.6, -open * 0.62), at(0, -open * 0.85), at(-0.6, -open * 0.6)];
  const almond = curve([...upper, ...lower], true);
  const clip = drawing.clip(`eye${side}`, almond);
  const middle = at(0, 0);

  drawing.ellipse(at(0, open * 1.4), eyes.width * 1.2 * unit, open * 1.5 * unit, {
    fill: rgb(tones.deep),
    opacity: 0.4,
    blur: 0.05 * unit,
  });
  if (eyes.bags > 0.15) {
    drawing.path(curve([at(-0.7, -open * 1.5), at(0, -open * 2.2), at(0.8, -open * 1.6)]), {
      stroke: rgb(tones.deep),
      width: 0.06 * unit,
      opacity: eyes.bags * 0.6,
      blur: 0.035 * unit,
    });
  }
  const whites: Color = mix([236, 230, 224], tones.base, 0.12);
  drawing.path(almond, { fill: rgb(whites) });
  drawing.group({ clip }, () => {
    const iris = head.surface(
      centreX + expression.gaze.x * eyes.width * 0.35,
      eyes.y - open * 0.12 + expression.gaze.y * open * 0.4,
      0.02,
    );
    const radius = 0.098 * unit;
    const fill = drawing.radial(`iris${side}`, iris, radius, [
      [0, mix(eyes.iris, white, 0.12), 1],
      [0.7, eyes.iris, 1],
      [1, mix(eyes.iris, black, 0.65), 1],
    ]);
    drawing.ellipse(iris, radius, radius, { fill });
    drawing.ellipse(iris, radius * 0.44, radius * 0.44, { fill: 'rgb(8,6,6)' });
    const glint = { x: iris.x + photograph.light.x * radius * 0.4, y: iris.y - radius * 0.4 };
    drawing.ellipse(glint, radius * 0.2, radius * 0.2, { fill: 'white', opacity: 0.9 });
    drawing.path(curve(upper), { stroke: 'black', width: 0.09 * unit, opacity: 0.45, blur: 0.03 * unit });
    drawing.ellipse(at(-0.97, 0), 0.035 * unit, 0.03 * unit, { fill: rgb(mix(tones.base, [190, 80, 80], 0.5)) });
  });
  drawing.path(curve(upper), { stroke: rgb(mix(tones.deep, black, 0.6)), width: 0.035 * unit, opacity: 0.95 });
  drawing.path(curve([at(1, 0), ...lower, at(-1, 0)]), { stroke: rgb(tones.deep), width: 0.018 * unit, opacity: 0.6 });
  if (eyes.fold > 0) {
    const lift = open + eyes.fold;
    drawing.path(curve([at(-0.95, lift * 0.35), at(-0.4, lift * 0.95), at(0.3, lift * 1.12), at(1.08, lift * 0.5)]), {
      stroke: rgb(tones.deep),
      width: 0.024 * unit,
      opacity: 0.65,
      blur: 0.008 * unit,
    });
  }
  // The upper lid catches light.
  drawing.ellipse({ x: middle.x, y: at(0, open * 1.35).y }, eyes.width * 0.6 * unit, 0.02 * unit, {
    fill: rgb(tones.light),
    opacity: 0.35,
    blur: 0.02 * unit,
  });
}

function drawBrow({ drawing, head, unit, person, photograph }: Sketch, side: -1 | 1): void {
  const { brows, eyes, hair } = person;
  const raise = photograph.expression.browRaise;
  const inner = eyes.spacing - brows.length * 0.52;
  const at = (share: number, up: number): Point => {
    const arch = brows.arch * Math.sin(Math.PI * Math.min(share * 0.95 + 0.02, 1));
    const y = eyes.y - brows.height - raise - arch - brows.slant * (share - 0.4) - up;
    return head.surface(side * (inner + share * brows.length), y, 0.05);
  };
  const half = brows.thickness / 2;
  const shape = curve(
    [
      at(0, half * 0.8),
      at(0.3, half * 1.1),
      at(0.65, half * 0.9),
      at(1, 0),
      at(0.65, -half * 0.7),
      at(0.3, -half),
      at(0, -half),
    ],
    true,
  );
  const color = mix(hair.color, [30, 20, 14], 0.45);
  drawing.path(shape, { fill: rgb(color), opacity: 0.8, blur: 0.016 * unit });
  for (let i = 0; i < 14; i++) {
    const share = i / 14;
    const taper = half * (1 - 0.7 * share);
    drawing.path(curve([at(share, -taper), at(Math.min(share + 0.08, 1), taper * 1.1)]), {
      stroke: rgb(mix(color, black, 0.3)),
      width: 0.014 * unit,
      opacity: 0.55,
    });
  }
}
