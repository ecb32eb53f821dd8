import { z } from 'zod';
import type { Problem } from '../../src/dataset/problems';
import type { ImageType } from '../../src/image/sniff';

const imageTypes = ['png', 'jpeg', 'bmp', 'gif', 'webp', 'tiff'] as const satisfies readonly ImageType[];

const foreign = z.object({
  kind: z.literal('foreign'),
  type: z.enum(imageTypes).optional(),
  namedAsImage: z.boolean(),
});
const broken = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unread'), reason: z.string() }),
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('damaged'), reason: z.string() }),
]);

const place = { path: z.string(), person: z.string() };
const answerSchema: z.ZodType<Problem[]> = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('not-an-image'), ...place, fault: foreign }),
    z.object({ kind: z.literal('unreadable'), ...place, fault: broken }),
    z.object({
      kind: z.literal('too-small'),
      ...place,
      width: z.number(),
      height: z.number(),
      minSize: z.number(),
    }),
    z.object({ kind: z.literal('turned'), ...place, orientation: z.number() }),
    z.object({ kind: z.literal('single-image-person'), ...place }),
    z.object({ kind: z.literal('empty-person'), ...place }),
    z.object({ kind: z.literal('duplicate'), ...place, original: z.string() }),
    z.object({ kind: z.literal('also-in-lfw'), ...place, lfwName: z.string().optional() }),
  ]),
);

/** The problems that `facenet clean --json` has listed. @throws ZodError for anything else */
export function parseProblems(json: string): Problem[] {
  return answerSchema.parse(JSON.parse(json));
}
