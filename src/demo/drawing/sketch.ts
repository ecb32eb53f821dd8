import type { Person } from '../person';
import type { Photograph } from '../photograph';
import type { Head } from './head';
import { type Color, type Drawing, mix } from './svg';

/** The tones of a skin, from the lightest to the darkest. */
export interface SkinTones {
  light: Color;
  base: Color;
  shade: Color;
  deep: Color;
}

export function skinTones(base: Color): SkinTones {
  return {
    light: mix(base, [255, 246, 232], 0.4),
    base,
    shade: mix(base, [96, 36, 20], 0.38),
    deep: mix(base, [40, 12, 8], 0.68),
  };
}

/** Everything a feature needs to draw itself. */
export interface Sketch {
  drawing: Drawing;
  head: Head;
  person: Person;
  photograph: Photograph;
  tones: SkinTones;
  /** Pixels per unit of the head. */
  unit: number;
}
