// What differs between two photographs of one person.
import type { Pose } from './drawing/head';
import { type Color, mix } from './drawing/svg';
import { SeededRandom } from './seededRandom';

export interface Expression {
  /** −0.3 grave … 1 laughing. */
  smile: number;
  /** 0 closed … 1 wide open. */
  mouthOpen: number;
  browRaise: number;
  /** Factor on the opening of the eyes. */
  eyesOpen: number;
  gaze: { x: number; y: number };
}

export interface Light {
  /** Where the light comes from: −1 left … 1 right, −1 above … 1 below. */
  x: number;
  y: number;
  /** Difference between the lit and the dark side, 0 … 1. */
  strength: number;
  /** −1 cold … 1 warm. */
  warmth: number;
}

export interface Photograph {
  pose: Pose;
  expression: Expression;
  light: Light;
  background: { seed: number; colors: readonly [Color, Color, Color] };
  /** Who wears glasses wears them in most photographs. */
  glasses: boolean;
  clothes: Color;
  collar: 'round' | 'shirt';
  /** Camera: factor on contrast and added brightness (levels), noise (levels), blur (pixels), JPEG quality. */
  contrast: number;
  brightness: number;
  noise: number;
  blur: number;
  quality: number;
  seed: number;
}

/** Edge of the square photographs in pixels, as in LFW. */
export const photographSize = 250;

/** Photograph `number` of person `index`: pose, light, expression, background and camera at random. */
export function drawPhotograph(seed: number, index: number, number: number): Photograph {
  const random = new SeededRandom(seed, 'photograph', index, number);
  // Walls and clothes are seldom as colourful as three independent channels make them.
  const color = (low: number, high: number): Color => {
    const grey = random.uniform(low, high);
    return mix(
      [grey, grey, grey],
      [0, 1, 2].map(() => random.uniform(low, high)) as unknown as Color,
      random.uniform(0.1, 0.6),
    );
  };
  return {
    pose: {
      yaw: random.normal(0.3),
      pitch: random.normal(0.15),
      roll: random.normal(0.08),
      scale: random.uniform(44, 58),
      centre: { x: 125 + random.normal(4), y: 112 + random.normal(4) },
    },
    expression: {
      smile: random.chance(0.5) ? random.uniform(0.3, 1) : random.uniform(-0.25, 0.3),
      mouthOpen: random.chance(0.35) ? random.uniform(0.2, 0.8) : 0,
      browRaise: random.normal(0.03),
      eyesOpen: random.uniform(0.75, 1.15),
      gaze: { x: random.normal(0.3), y: random.normal(0.15) },
    },
    light: {
      x: random.uniform(-1, 1),
      y: random.uniform(-1, 0.1),
      strength: random.uniform(0.15, 0.95),
      warmth: random.normal(0.65),
    },
    background: { seed: random.bits(), colors: [color(20, 220), color(20, 220), color(20, 220)] },
    glasses: random.chance(0.65),
    clothes: color(15, 215),
    collar: random.chance(0.5) ? 'round' : 'shirt',
    contrast: random.uniform(0.78, 1.2),
    brightness: random.normal(16),
    noise: random.uniform(0.5, 6),
    blur: random.chance(0.35) ? random.uniform(0.4, 1.1) : 0,
    quality: Math.round(random.uniform(72, 94)),
    seed: random.bits(),
  };
}
