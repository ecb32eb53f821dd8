// What makes a drawn person this person and nobody else.
import type { Color } from './drawing/svg';
import { mix } from './drawing/svg';
import { SeededRandom } from './seededRandom';

export interface FaceShape {
  /** Factors on a mean face. */
  width: number;
  length: number;
  jaw: number;
  chinWidth: number;
  cheeks: number;
}

export interface Eyes {
  /** Distance of an eye from the middle, and its height. */
  spacing: number;
  y: number;
  width: number;
  opening: number;
  /** How much higher the outer corner is than the inner one. */
  slant: number;
  iris: Color;
  /** Height of the fold above the lid; 0 for none. */
  fold: number;
  bags: number;
}

export interface Brows {
  height: number;
  thickness: number;
  arch: number;
  slant: number;
  length: number;
}

export interface Nose {
  length: number;
  width: number;
  bridge: number;
  tip: number;
}

export interface Mouth {
  y: number;
  width: number;
  upper: number;
  lower: number;
  color: Color;
  bow: number;
}

export const hairStyles = ['bald', 'buzz', 'short', 'side', 'fringe', 'bob', 'long', 'curly', 'receding'] as const;
export type HairStyle = (typeof hairStyles)[number];

export interface Hair {
  style: HairStyle;
  color: Color;
  /** Height of the hairline; −1 is the mean. */
  hairline: number;
  volume: number;
  /** Where the hair is parted, −1 … 1. */
  parting: number;
}

export interface Beard {
  kind: 'none' | 'stubble' | 'moustache' | 'goatee' | 'full';
  density: number;
}

export interface Glasses {
  shape: 'round' | 'square' | 'cat';
  color: Color;
  thickness: number;
  size: number;
}

export interface Person {
  /** Folder name: `Given_Family`. */
  name: string;
  skin: Color;
  face: FaceShape;
  eyes: Eyes;
  brows: Brows;
  nose: Nose;
  mouth: Mouth;
  hair: Hair;
  beard: Beard;
  glasses?: Glasses;
  moles: { x: number; y: number; radius: number }[];
  freckles: number;
  /** 0 young … 1 old: lines and folds. */
  age: number;
  ears: number;
}

const skins: readonly Color[] = [
  [244, 212, 190],
  [236, 196, 168],
  [226, 182, 150],
  [208, 160, 124],
  [186, 136, 100],
  [156, 108, 76],
  [122, 82, 58],
  [96, 64, 46],
];
const hairColors: readonly Color[] = [
  [28, 22, 20],
  [52, 36, 28],
  [84, 56, 38],
  [118, 80, 48],
  [168, 124, 72],
  [206, 172, 112],
  [150, 72, 36],
  [130, 126, 122],
  [206, 204, 200],
];
const irises: readonly Color[] = [
  [62, 40, 26],
  [92, 60, 36],
  [112, 88, 48],
  [86, 108, 72],
  [78, 112, 140],
  [110, 128, 136],
];
const frames: readonly Color[] = [
  [20, 20, 22],
  [70, 46, 30],
  [120, 122, 126],
  [150, 30, 40],
];

/** Draws the traits of person `index` of a demo; `name` is given. Traits vary about as much as those of real adults. */
export function drawPerson(seed: number, index: number, name: string): Person {
  const random = new SeededRandom(seed, 'person', index);
  const masculine = random.chance(0.5);
  const skinIndex = Math.floor(random.uniform(0, skins.length - 1));
  const skin = mix(skins[skinIndex]!, skins[skinIndex + 1]!, random.uniform());
  const age = random.uniform() ** 1.3;
  const color = pickHairColor(random, skinIndex, age);
  return {
    name,
    skin,
    face: {
      width: random.normal(0.055, 1),
      length: random.normal(0.055, masculine ? 1.02 : 0.98),
      jaw: random.normal(0.09, masculine ? 1.05 : 0.93),
      chinWidth: random.normal(0.14, masculine ? 1.1 : 0.92),
      cheeks: random.normal(0.025, 1),
    },
    eyes: {
      spacing: random.normal(0.03, 0.45),
      y: random.normal(0.025, 0),
      width: random.normal(0.022, 0.225),
      opening: random.normal(0.016, masculine ? 0.082 : 0.092),
      slant: random.normal(0.028, 0.012),
      iris: skinIndex >= 4 ? random.pick(irises.slice(0, 2)) : random.pick(irises),
      fold: random.chance(0.25) ? 0 : random.uniform(0.04, 0.09),
      bags: random.uniform(0, 0.3) + age * 0.5,
    },
    brows: {
      height: random.normal(0.04, masculine ? 0.27 : 0.32),
      thickness: random.normal(0.018, masculine ? 0.085 : 0.058),
      arch: random.normal(0.035, masculine ? 0.03 : 0.065),
      slant: random.normal(0.035, 0),
      length: random.normal(0.04, 0.56),
    },
    nose: {
      length: random.normal(0.055, 0.7),
      width: random.normal(0.035, skinIndex >= 5 ? 0.31 : 0.25),
      bridge: random.uniform(0.05, 0.12),
      tip: random.normal(0.02, 0.1),
    },
    mouth: {
      y: random.normal(0.035, 1.06),
      width: random.normal(0.045, 0.37),
      upper: Math.max(0.03, random.normal(0.02, masculine ? 0.06 : 0.075)),
      lower: Math.max(0.05, random.normal(0.024, masculine ? 0.085 : 0.105)),
      color: mix(skin, masculine ? [160, 84, 76] : [186, 62, 74], random.uniform(0.4, 0.75)),
      bow: random.uniform(0.2, 0.9),
    },
    hair: {
      style: random.pick<HairStyle>(
        masculine
          ? ['bald', 'buzz', 'short', 'short', 'side', 'side', 'receding', 'curly', 'fringe']
          : ['bob', 'bob', 'long', 'long', 'fringe', 'curly', 'side', 'long'],
      ),
      color,
      hairline: random.normal(0.07, -0.98),
      volume: random.uniform(0.08, 0.26),
      parting: random.uniform(-0.6, 0.6),
    },
    beard: masculine
      ? {
          kind: random.pick(['none', 'none', 'none', 'stubble', 'stubble', 'moustache', 'goatee', 'full']),
          density: random.uniform(0.55, 0.95),
        }
      : { kind: 'none', density: 0 },
    ...(random.chance(0.25)
      ? {
          glasses: {
            shape: random.pick(['round', 'square', 'cat'] as const),
            color: random.pick(frames),
            thickness: random.uniform(0.02, 0.05),
            size: random.uniform(0.9, 1.15),
          },
        }
      : {}),
    moles: Array.from({ length: random.chance(0.45) ? 1 + Math.floor(random.uniform(0, 2)) : 0 }, () => ({
      x: random.uniform(-0.65, 0.65),
      y: random.uniform(0.2, 1.3),
      radius: random.uniform(0.018, 0.035),
    })),
    freckles: skinIndex < 3 && random.chance(0.2) ? random.uniform(0.3, 1) : 0,
    age,
    ears: random.normal(0.12, 1),
  };
}

function pickHairColor(random: SeededRandom, skinIndex: number, age: number): Color {
  const natural = skinIndex >= 4 ? random.pick(hairColors.slice(0, 2)) : random.pick(hairColors.slice(0, 7));
  const grey = random.pick(hairColors.slice(7));
  return age > 0.7 && random.chance(0.7) ? mix(natural, grey, random.uniform(0.5, 1)) : natural;
}
