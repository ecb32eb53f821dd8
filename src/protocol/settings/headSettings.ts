// What a network is trained towards: the loss head and its margins. What is absent has the value of the head's paper.
import { z } from 'zod';
import { type HeadName, headDefaults, headNames, type HeadValue } from './headDefaults';
import { setting } from './setting';

/** For --help: the value of each head that reads a setting, e.g. `0.35 for cosface, 0.5 for arcface and subcenter`. */
function paperValues(name: HeadValue): string {
  const heads = new Map<number, HeadName[]>();
  for (const head of headNames) {
    const value = (headDefaults[head] as Partial<Record<HeadValue, number>>)[name];
    if (value !== undefined) heads.set(value, [...(heads.get(value) ?? []), head]);
  }
  return [...heads].map(([value, names]) => `${value} for ${names.join(' and ')}`).join(', ');
}

export const headSettings = {
  head: setting({
    schema: z.enum(headNames).default('softmax'),
    text: "Loss head: `softmax` is the reference's; the others train angles with a margin: `cosface` (AM-Softmax), `arcface`, `combined`, `adaface` (by the length of the prelogits), `subcenter` (ArcFace with several centres for each person).",
    flag: {
      name: 'head',
      kind: 'choice',
      choices: headNames,
      help: "loss head: the reference's softmax, or one with a margin between people",
    },
  }),
  marginScale: setting({
    schema: z.number().positive().optional(),
    text: 'Scale s of the cosines of heads with a margin; default 64.',
    flag: {
      name: 'margin_scale',
      kind: 'float',
      help: 'scale s of the cosines, for all heads with a margin',
      defaultText: String(headDefaults.cosface.marginScale),
    },
  }),
  margin: setting({
    schema: z.number().min(0).max(1).optional(),
    text: 'Margin m of `cosface` (a cosine), of `arcface` and `subcenter` (an angle in radians) and of `adaface`; default that of the paper.',
    flag: { name: 'margin', kind: 'float', help: 'margin m', defaultText: paperValues('margin') },
  }),
  marginM1: setting({
    schema: z.number().positive().max(5).optional(),
    text: 'Factor m1 of the angle in cos(m1·θ + m2) − m3, the head `combined`.',
    flag: {
      name: 'margin_m1',
      kind: 'float',
      help: 'm1 of cos(m1 t + m2) - m3',
      defaultText: paperValues('marginM1'),
    },
  }),
  marginM2: setting({
    schema: z.number().min(0).max(1).optional(),
    text: 'Angle m2 (radians) in cos(m1·θ + m2) − m3, the head `combined`.',
    flag: {
      name: 'margin_m2',
      kind: 'float',
      help: 'm2 of cos(m1 t + m2) - m3',
      defaultText: paperValues('marginM2'),
    },
  }),
  marginM3: setting({
    schema: z.number().min(0).max(1).optional(),
    text: 'Cosine m3 in cos(m1·θ + m2) − m3, the head `combined`.',
    flag: {
      name: 'margin_m3',
      kind: 'float',
      help: 'm3 of cos(m1 t + m2) - m3',
      defaultText: paperValues('marginM3'),
    },
  }),
  subcenters: setting({
    schema: z.number().int().positive().optional(),
    text: 'Centres of each person of the head `subcenter`; default 3.',
    flag: {
      name: 'subcenters',
      kind: 'int',
      help: 'centres of each person',
      defaultText: paperValues('subcenters'),
    },
  }),
  adafaceH: setting({
    schema: z.number().positive().optional(),
    text: 'How strongly the length of the prelogits moves the margin of `adaface`: lengths within 1/h deviations of the mean are told apart.',
    flag: {
      name: 'adaface_h',
      kind: 'float',
      help: 'h: lengths of prelogits within 1/h deviations of their mean are told apart',
      defaultText: paperValues('adafaceH'),
    },
  }),
  adafaceDecay: setting({
    schema: z.number().min(0).lt(1).optional(),
    text: "Decay of the running mean and deviation of those lengths (1 − t_alpha of the paper's program).",
    flag: {
      name: 'adaface_decay',
      kind: 'float',
      help: 'decay of the running mean and deviation of those lengths',
      defaultText: paperValues('adafaceDecay'),
    },
  }),
  interclassFilter: setting({
    schema: z.number().gt(0).max(1).optional(),
    text: 'Heads with a margin: a cosine with another person above this one is taken for a wrong label and does not count; left out: all count.',
    flag: {
      name: 'interclass_filter',
      kind: 'float',
      help: 'a cosine with another person above this is taken for a wrong label and does not count',
      defaultText: 'all count',
    },
  }),
  labelSmoothing: setting({
    schema: z.number().min(0).lt(1).default(0),
    text: 'Part of each label that is spread evenly over all people.',
    flag: { name: 'label_smoothing', kind: 'float', help: 'part of each label that is spread over all people' },
  }),
};
