import { z } from 'zod';
import { modelIdentitySchema } from './modelIdentity';
import { recipeSchema } from './recipe';

/** Where an answer is *unknown*, and what that was chosen on: faces of people of whom the classifier had not been told. */
const unknownSchema = z.object({
  /** An answer whose probability is not above this is *unknown*. */
  threshold: z.number().min(0).max(1),
  /** The share of strangers that may be given a name. */
  farTarget: z.number().min(0).max(1),
  /** The share that was. */
  far: z.number().min(0).max(1),
  /** Images and people that it was measured on. */
  images: z.number().int().positive(),
  people: z.number().int().positive(),
});
export type UnknownChoice = z.infer<typeof unknownSchema>;

/** What a classifier was trained on, so that it can be trained again without somebody. */
const trainedFromSchema = z.object({
  /** Absolute path of the folder with a folder per person. */
  faces: z.string(),
  /** Absolute path of the model, or `starter`. */
  model: z.string(),
  /** The share of strangers that may be given a name. */
  far: z.number().min(0).max(1),
});

/** Numbers as base64 of their little-endian bytes. */
const numbers = z.base64();

/** A classifier's file: one linear support vector machine for every two people. */
export const classifierFileSchema = z.object({
  version: z.literal(1),
  kind: z.literal('facenet-classifier'),
  createdAt: z.string(),
  model: modelIdentitySchema,
  recipe: recipeSchema,
  /** In the order of their labels. */
  people: z
    .array(z.object({ name: z.string(), folder: z.string(), images: z.number().int().positive() }))
    .min(2)
    .max(100_000),
  cost: z.number().positive(),
  seed: z.number().int(),
  /** Absent where two people left nobody to choose it on. */
  unknown: unknownSchema.optional(),
  /** Absent in files of earlier versions, and where some images of the folder were taken only. */
  trainedFrom: trainedFromSchema.optional(),
  machine: z.object({
    /** How many rows of `support` belong to each person. */
    supportCounts: z.array(z.number().int().nonnegative()),
    /** float32 [rows, embeddingSize]. */
    support: numbers,
    /** float64, pair after pair. */
    coefficients: numbers,
    bias: numbers,
    slope: numbers,
    offset: numbers,
  }),
  /** Of all that stands above, as compact JSON in the order of the file. */
  sha256: z.string(),
});
export type ClassifierFile = z.infer<typeof classifierFileSchema>;
