// Which of the head settings each loss head reads, and the values of its paper.

/** What every head with a margin reads. */
const everyMargin = { marginScale: 64, interclassFilter: undefined };

/**
 * The optional settings that each head reads with what holds where they are absent; undefined is none. CosFace: Wang et al.
 * 2018 (AM-Softmax, Wang et al. 2018, has s = 30). ArcFace and its combined margin: Deng et al. 2019. AdaFace: Kim et al.
 * 2022. Sub-centre ArcFace: Deng et al. 2020.
 */
export const headDefaults = {
  softmax: {},
  cosface: { ...everyMargin, margin: 0.35 },
  arcface: { ...everyMargin, margin: 0.5 },
  combined: { ...everyMargin, marginM1: 1, marginM2: 0.3, marginM3: 0.2 },
  adaface: { ...everyMargin, margin: 0.4, adafaceH: 0.333, adafaceDecay: 0.99 },
  subcenter: { ...everyMargin, margin: 0.5, subcenters: 3 },
} as const;

type Defaults = typeof headDefaults;
export type HeadName = keyof Defaults;
type KeysOf<T> = T extends unknown ? keyof T : never;
/** The name of a setting that some heads read and others do not. */
export type HeadValue = KeysOf<Defaults[HeadName]>;

export const headNames = Object.keys(headDefaults) as [HeadName, ...HeadName[]];

/** What a configuration says of those settings. */
export type HeadChoice = { readonly head: HeadName } & Readonly<Partial<Record<HeadValue, number | undefined>>>;

/** What a head reads, complete. */
export type HeadValues<H extends HeadName> = {
  readonly [K in keyof Defaults[H]]: Defaults[H][K] extends number ? number : number | undefined;
};

/** What a head works with: as chosen, else as in its paper. */
export function headValues<H extends HeadName>(head: H, choice: Omit<HeadChoice, 'head'>): HeadValues<H> {
  const values = Object.entries(headDefaults[head]).map(([name, value]) => [name, choice[name as HeadValue] ?? value]);
  return Object.fromEntries(values) as HeadValues<H>;
}

/** A configuration with every value that its head works with written out. */
export function withHeadValues<C extends HeadChoice>(config: C): C {
  return { ...config, ...headValues(config.head, config) };
}

/** The settings that are chosen although the head does not read them. */
export function unreadByHead(choice: HeadChoice): HeadValue[] {
  const all = Object.values(headDefaults).flatMap((values) => Object.keys(values)) as HeadValue[];
  return [...new Set(all)].filter((name) => choice[name] !== undefined && !(name in headDefaults[choice.head]));
}
