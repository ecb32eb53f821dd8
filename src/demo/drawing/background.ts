import { SeededRandom } from '../seededRandom';
import { photographSize } from '../photograph';
import type { Sketch } from './sketch';
import { type Point, curve, mix, rgb } from './svg';

/** What is behind the person: out of focus, two to six large shapes. */
export function drawBackground({ drawing, photograph }: Sketch): void {
  const { seed, colors } = photograph.background;
  const random = new SeededRandom(seed, 'background');
  const size = photographSize;
  const fill = drawing.linear(
    'background',
    { x: random.uniform(0, size), y: 0 },
    { x: random.uniform(0, size), y: size },
    [
      [0, colors[0], 1],
      [1, colors[1], 1],
    ],
  );
  drawing.path(`M0 0H${size}V${size}H0Z`, { fill });
  const blur = random.uniform(2, 9);
  drawing.group({ blur }, () => {
    const count = 2 + Math.floor(random.uniform(0, 5));
    for (let i = 0; i < count; i++) {
      const color = rgb(
        mix(random.pick(colors), [random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)], 0.4),
      );
      const at: Point = { x: random.uniform(-20, size + 20), y: random.uniform(-20, size + 20) };
      const [w, h] = [random.uniform(20, 110), random.uniform(20, 130)];
      if (random.chance(0.5)) drawing.ellipse(at, w, h, { fill: color, opacity: random.uniform(0.3, 0.9) });
      else {
        drawing.path(`M${at.x} ${at.y}h${w}v${h}h${-w}Z`, { fill: color, opacity: random.uniform(0.3, 0.9) });
      }
    }
  });
}

/** Neck, shoulders and clothes; they turn half as much as the head. */
export function drawBody({ drawing, head, person, photograph, tones, unit }: Sketch): void {
  const { pose, clothes, collar } = photograph;
  const neck = head.project(0, head.chin * 0.72, -0.35);
  const x = neck.x - Math.sin(pose.yaw) * 0.1 * unit;
  const width = 0.62 * unit * (0.55 + 0.45 * person.face.jaw);
  const bottom = head.project(0, head.chin, 0).y + 0.55 * unit;
  const skin = drawing.linear('neck', { x: x - width, y: 0 }, { x: x + width, y: 0 }, [
    [0, tones.deep, 1],
    [0.3, tones.shade, 1],
    [0.5, mix(tones.base, tones.shade, 0.4), 1],
    [0.75, tones.shade, 1],
    [1, tones.deep, 1],
  ]);
  drawing.path(
    curve(
      [
        { x: x - width, y: neck.y - unit * 0.5 },
        { x: x - width, y: neck.y + unit * 0.4 },
        { x: x - width * 1.25, y: bottom },
        { x, y: bottom + unit * 0.8 },
        { x: x + width * 1.25, y: bottom },
        { x: x + width, y: neck.y + unit * 0.4 },
        { x: x + width, y: neck.y - unit * 0.5 },
      ],
      true,
    ),
    { fill: skin },
  );
  const shoulder = bottom + unit * 0.15;
  const dark = mix(clothes, [0, 0, 0], 0.45);
  const cloth = drawing.linear('cloth', { x: x - 2.2 * unit, y: shoulder }, { x: x + 2.2 * unit, y: shoulder + unit }, [
    [0, dark, 1],
    [0.45, clothes, 1],
    [1, dark, 1],
  ]);
  const neckline = collar === 'round' ? 0.3 : 0.6;
  drawing.path(
    curve(
      [
        { x: x - 2.6 * unit, y: 300 },
        { x: x - 2.1 * unit, y: shoulder + 0.45 * unit },
        { x: x - 0.95 * unit, y: shoulder - 0.02 * unit },
        { x: x - width * 1.02, y: shoulder - 0.22 * unit },
        { x, y: shoulder + neckline * unit },
        { x: x + width * 1.02, y: shoulder - 0.22 * unit },
        { x: x + 0.95 * unit, y: shoulder - 0.02 * unit },
        { x: x + 2.1 * unit, y: shoulder + 0.45 * unit },
        { x: x + 2.6 * unit, y: 300 },
      ],
      true,
    ),
    { fill: cloth },
  );
  // The chin's shadow on the neck.
  const chin = head.project(0, head.chin, 0.15);
  drawing.ellipse({ x: (chin.x + x) / 2, y: chin.y + 0.02 * unit }, 0.62 * unit, 0.3 * unit, {
    fill: rgb(tones.deep),
    opacity: 0.65,
    blur: 0.1 * unit,
  });
}
