// What the extension host takes from its pages. Pages show what others have written, so that what comes from one is
// checked like a file.
import { z } from 'zod';
import { nextStepSchema } from './verdict';
import type { FromPage, PageName } from './webview';

/** Longest path and most of them that a page may name, and the largest picture of charts, in bytes. */
const path = z.string().max(8192);
const mostPaths = 20_000;
const largestPicture = 64 << 20;
/** Characters of the addresses that are dropped at once. */
const largestDrop = 1 << 20;

const ready = z.object({ type: z.literal('ready') });
const view = z.object({ type: z.literal('view'), view: z.record(z.string(), z.unknown()) });
const follow = z.object({ type: z.literal('followLineage'), index: z.number().int().min(0).max(100) });
const reveal = z.object({ type: z.literal('revealFolder') });
const takeStep = z.object({ type: z.literal('takeStep'), step: nextStepSchema });

/** Messages of each page, by name; those that any page sends are among them. */
const messages = {
  run: z.discriminatedUnion('type', [
    ready,
    view,
    follow,
    reveal,
    z.object({ type: z.literal('stopRun') }),
    z.object({ type: z.literal('resumeRun'), slower: z.literal(true).optional() }),
    z.object({ type: z.literal('openReport'), report: path }),
    takeStep,
    z.object({ type: z.literal('overlayRuns'), folders: z.array(path).max(1000), choose: z.boolean() }),
    z.object({ type: z.literal('exportCsv'), range: z.tuple([z.number(), z.number()]).optional() }),
    z.object({
      type: z.literal('exportPng'),
      png: z.instanceof(Uint8Array).refine(({ byteLength }) => byteLength <= largestPicture),
    }),
  ]),
  lfw: z.discriminatedUnion('type', [
    ready,
    view,
    follow,
    reveal,
    z.object({ type: z.literal('exportReport'), format: z.enum(['html', 'json']), threshold: z.number() }),
    z.object({ type: z.literal('chooseBaseline') }),
    z.object({ type: z.enum(['openPicture', 'openPhotograph']), path }),
    z.object({ type: z.literal('wantPhotographs'), a: path, b: path }),
    z.object({ type: z.enum(['wrongLabel', 'excludeImage']), path }),
    takeStep,
  ]),
  checkpoint: z.discriminatedUnion('type', [
    ready,
    view,
    follow,
    reveal,
    z.object({ type: z.literal('askCheckpoint'), what: z.enum(['comparison', 'plan']) }),
  ]),
  gallery: z.discriminatedUnion('type', [
    ready,
    view,
    follow,
    z.object({ type: z.enum(['openImage', 'revealImage']), path }),
    z.object({ type: z.literal('wantThumbnails'), paths: z.array(path).max(mostPaths) }),
    z.object({ type: z.enum(['refreshGallery', 'undoImages']) }),
    z.object({ type: z.literal('selectImages'), paths: z.array(path).max(mostPaths) }),
    z.object({
      type: z.literal('imageAction'),
      action: z.enum(['exclude', 'move', 'wrongPerson']),
      paths: z.array(path).max(mostPaths),
    }),
  ]),
  runs: z.discriminatedUnion('type', [
    ready,
    view,
    follow,
    z.object({
      type: z.literal('onRuns'),
      what: z.enum([
        ...(['open', 'compare', 'draw', 'rename', 'note', 'tag', 'star', 'unstar', 'archive', 'unarchive'] as const),
        ...(['duplicate', 'delete'] as const),
      ]),
      folders: z.array(path).max(mostPaths),
    }),
  ]),
  alignment: z.discriminatedUnion('type', [
    ready,
    view,
    z.object({ type: z.literal('openImage'), path }),
    z.object({ type: z.literal('wantThumbnails'), paths: z.array(path).max(mostPaths) }),
    z.object({
      type: z.literal('correctFace'),
      path,
      face: z.number().int().min(0),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
    z.object({ type: z.enum(['showFaces', 'fineTune']) }),
  ]),
  recognize: z.discriminatedUnion('type', [
    ready,
    view,
    z.object({ type: z.enum(['openPhotographs', 'openFolder', 'chooseGallery']) }),
    z.object({ type: z.literal('dropped'), uris: z.string().max(largestDrop) }),
    z.object({ type: z.literal('openImage'), path }),
    z.object({ type: z.literal('wantThumbnails'), paths: z.array(path).max(mostPaths) }),
  ]),
  compare: z.discriminatedUnion('type', [
    ready,
    view,
    z.object({ type: z.enum(['addPhotographs', 'chooseModel', 'measureModel']) }),
    z.object({ type: z.literal('dropped'), uris: z.string().max(largestDrop) }),
    z.object({ type: z.literal('openImage'), path }),
  ]),
  classification: z.discriminatedUnion('type', [ready, view, z.object({ type: z.literal('openImage'), path })]),
  identification: z.discriminatedUnion('type', [
    ready,
    view,
    reveal,
    z.object({ type: z.literal('exportIdentification'), format: z.enum(['html', 'json']) }),
  ]),
} satisfies { [Name in PageName]: z.ZodType<FromPage<Name>> };

/** What page `name` has said, or undefined where that is nothing that it may say. */
export function readPageMessage<Name extends PageName>(name: Name, message: unknown): FromPage<Name> | undefined {
  const parsed = messages[name].safeParse(message);
  return parsed.success ? parsed.data : undefined;
}
