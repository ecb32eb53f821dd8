import type { Sketch } from './sketch';
import { type Point, black, curve, mix, rgb, white } from './svg';

/** Height of the nose's ridge above the face, from the brows (0) to the tip (1). */
const ridge = (share: number): number => 0.06 + 0.3 * share ** 1.5;

export function drawNose({ drawing, head, tones, unit, person, photograph }: Sketch): void {
  const { nose } = person;
  const { light } = photograph;
  const top = -0.12;
  const at = (x: number, y: number, lift = 0): Point => head.surface(x, y, lift);
  const onRidge = (share: number, x = 0): Point => at(x, top + (nose.length - 0.08 - top) * share, ridge(share));
  const half = nose.width / 2;
  const base = nose.length;
  const [deep, shade, bright] = [rgb(tones.deep), rgb(tones.shade), rgb(tones.light)];

  // The side away from the light is in shadow.
  const shadowSide = light.x > 0 ? -1 : 1;
  drawing.group({ blur: 0.045 * unit }, () => {
    for (const side of [-1, 1]) {
      const strength = side === shadowSide ? 0.35 + 0.4 * light.strength : 0.25;
      drawing.path(
        curve(
          [
            onRidge(0, side * nose.bridge * 0.6),
            onRidge(0.5, side * nose.bridge),
            onRidge(0.9, side * (nose.tip + 0.02)),
            at(side * (half + 0.02), base - 0.1, 0.12),
            at(side * (half + 0.01), base - 0.24, 0.03),
            at(side * (nose.bridge + 0.1), 0.25),
            at(side * (nose.bridge + 0.06), 0),
          ],
          true,
        ),
        { fill: side === shadowSide ? deep : shade, opacity: strength },
      );
    }
    drawing.ellipse(at(0, base + 0.02, 0.1), half * 0.9 * unit, 0.05 * unit, { fill: deep, opacity: 0.6 });
  });
  drawing.path(curve([onRidge(0.05), onRidge(0.5), onRidge(0.92)]), {
    stroke: bright,
    width: nose.bridge * 0.9 * unit,
    opacity: 0.5,
    blur: 0.03 * unit,
  });
  drawing.ellipse(onRidge(0.97, light.x * 0.03), nose.tip * 0.75 * unit, nose.tip * 0.62 * unit, {
    fill: bright,
    opacity: 0.6,
    blur: 0.03 * unit,
  });
  for (const side of [-1, 1]) {
    drawing.path(
      curve([
        at(side * (half - 0.02), base - 0.19, 0.12),
        at(side * (half + 0.025), base - 0.08, 0.1),
        at(side * half, base, 0.1),
        at(side * (half - 0.07), base + 0.015, 0.14),
      ]),
      { stroke: deep, width: 0.032 * unit, opacity: 0.75, blur: 0.012 * unit },
    );
    drawing.ellipse(
      at(side * half * 0.5, base - 0.005, 0.17),
      half * 0.32 * unit,
      0.032 * unit,
      {
        fill: rgb(mix(tones.deep, black, 0.65)),
        opacity: 0.9,
        blur: 0.012 * unit,
      },
      side * -12,
    );
  }
  drawing.path(curve([at(-nose.tip, base - 0.02, 0.22), at(0, base + 0.035, 0.2), at(nose.tip, base - 0.02, 0.22)]), {
    stroke: deep,
    width: 0.022 * unit,
    opacity: 0.5,
    blur: 0.012 * unit,
  });
}

export function drawMouth({ drawing, head, tones, unit, person, photograph }: Sketch): void {
  const { mouth } = person;
  const { smile, mouthOpen } = photograph.expression;
  const width = mouth.width * (1 + 0.22 * Math.max(smile, 0)) * (1 - 0.1 * mouthOpen);
  const gap = mouthOpen * (0.05 + 0.1 * Math.max(smile, 0.2));
  const thin = 1 - 0.25 * Math.max(smile, 0);
  const lift = smile * 0.09;
  const at = (share: number, y: number): Point => {
    const corner = Math.abs(share) ** 2;
    return head.surface(share * width, mouth.y + y - lift * corner + 0.3 * gap * (1 - corner), 0.06 * (1 - corner));
  };
  const upperEdge = [-1, -0.5, -0.18, 0, 0.18, 0.5, 1].map((share) => {
    const bow =
      Math.abs(share) === 0.18
        ? 1 + 0.12 * mouth.bow
        : share === 0
          ? 1 - 0.25 * mouth.bow
          : Math.abs(share) === 0.5
            ? 0.72
            : 0;
    return at(share, -mouth.upper * thin * bow - gap * 0.4 * (1 - share * share));
  });
  const upperLine = [-1, -0.5, 0, 0.5, 1].map((share) =>
    at(share, -gap * 0.45 * (1 - share * share) + 0.008 * Math.cos(share * 6)),
  );
  const lowerLine = [-1, -0.5, 0, 0.5, 1].map((share) => at(share, gap * (1 - share * share)));
  const lowerEdge = [-1, -0.55, 0, 0.55, 1].map((share) =>
    at(share, gap * (1 - share * share) + mouth.lower * thin * (1 - Math.abs(share) ** 2.4)),
  );
  const { color } = mouth;
  drawing.group({ blur: 0.05 * unit }, () => {
    drawing.path(curve([...upperEdge, ...[...lowerEdge].reverse()], true), {
      stroke: rgb(tones.shade),
      width: 0.08 * unit,
      opacity: 0.45,
    });
  });
  if (gap > 0.005) {
    const inside = curve([...upperLine, ...[...lowerLine].reverse()], true);
    const clip = drawing.clip('mouth', inside);
    drawing.path(inside, { fill: 'rgb(46,14,16)' });
    drawing.group({ clip }, () => {
      const teeth = [-0.85, -0.4, 0, 0.4, 0.85].map((share) =>
        at(share, -gap * 0.45 * (1 - share * share) + gap * 0.75 * (1 - share * share)),
      );
      drawing.path(curve([...upperLine, ...teeth.reverse()], true), { fill: 'rgb(232,226,214)', opacity: 0.95 });
    });
  }
  const upperFill = drawing.linear('upperLip', at(0, -mouth.upper), at(0, 0), [
    [0, mix(color, tones.base, 0.25), 1],
    [1, mix(color, black, 0.32), 1],
  ]);
  drawing.path(curve([...upperEdge, ...[...upperLine].reverse()], true), { fill: upperFill });
  const lowerFill = drawing.linear('lowerLip', at(0, gap), at(0, gap + mouth.lower), [
    [0, mix(color, black, 0.15), 1],
    [0.4, mix(color, white, 0.12), 1],
    [1, mix(color, tones.shade, 0.3), 1],
  ]);
  drawing.path(curve([...lowerLine, ...[...lowerEdge].reverse()], true), { fill: lowerFill });
  drawing.ellipse(
    at(0.05 * photograph.light.x, gap + mouth.lower * 0.42),
    width * 0.3 * unit,
    mouth.lower * 0.16 * unit,
    {
      fill: 'white',
      opacity: 0.28,
      blur: 0.02 * unit,
    },
  );
  const line = rgb(mix(color, black, 0.75));
  if (gap <= 0.005) drawing.path(curve(upperLine), { stroke: line, width: 0.026 * unit, opacity: 0.9 });
  for (const side of [-1, 1]) {
    drawing.ellipse(at(side * 1.02, 0), 0.035 * unit, 0.025 * unit, { fill: line, opacity: 0.6, blur: 0.015 * unit });
  }
}
