import { type HeadName, type HeadValues } from '../../../protocol/settings/headDefaults';
import { adaface } from './adaface';
import { arcface } from './arcface';
import { combined } from './combined';
import { cosface } from './cosface';
import type { MarginRule } from './marginRule';

export type MarginHeadName = Exclude<HeadName, 'softmax'>;

/** The rule of each head with a margin, made of what the head reads. */
export const marginRules: { readonly [H in MarginHeadName]: (values: HeadValues<H>) => MarginRule } = {
  cosface: ({ margin }) => cosface(margin),
  arcface: ({ margin }) => arcface(margin),
  combined: ({ marginM1, marginM2, marginM3 }) => combined(marginM1, marginM2, marginM3),
  adaface: ({ margin, adafaceH, adafaceDecay }) => adaface(margin, adafaceH, adafaceDecay),
  subcenter: ({ margin }) => arcface(margin),
};
