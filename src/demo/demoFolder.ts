import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../protocol/errors';
import { type DemoRequest } from '../protocol/job';
import { writeFileAtomic } from '../files/atomicFile';

const markSchema = z.object({
  version: z.literal(1),
  people: z.number(),
  photographs: z.number(),
  seed: z.number(),
});

/** Where things lie in a demo workspace. */
export class DemoFolder {
  readonly photographs: { train: string; lfw: string };
  readonly aligned: { train: string; lfw: string };
  readonly pairs: string;

  constructor(readonly root: string) {
    this.photographs = { train: join(root, 'photos', 'train'), lfw: join(root, 'photos', 'lfw') };
    this.aligned = { train: join(root, 'aligned', 'train'), lfw: join(root, 'aligned', 'lfw') };
    this.pairs = join(root, 'pairs.txt');
  }

  private get mark(): string {
    return join(this.root, 'demo.json');
  }

  /**
   * Makes the folder, or continues a demo with the same people that was begun there.
   *
   * @throws UserError when the folder holds anything else: a demo never writes among the user's files.
   */
  async claim(request: DemoRequest): Promise<void> {
    await this.check(request);
    await mkdir(this.root, { recursive: true });
    const { people, photographs, seed } = request;
    await writeFileAtomic(this.mark, `${JSON.stringify({ version: 1, people, photographs, seed }, undefined, 2)}\n`);
  }

  /** The part of `claim` that writes nothing. */
  async check(request: DemoRequest): Promise<void> {
    const entries = await readdir(this.root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      const what = error.code === 'ENOTDIR' ? 'is a file, not a folder' : `cannot be read (${error.code ?? ''})`;
      throw new UserError(`${this.root} ${what}.`, 'Choose another folder for the demo.', { cause: error });
    });
    // Hidden entries are the runs of this very job and what systems and editors drop into folders.
    const foreign = entries.find((name) => !name.startsWith('.'));
    if (foreign === undefined) return;
    const mark = await this.readMark();
    if (mark === undefined) {
      throw new UserError(
        `${this.root} is not empty (it holds ${foreign}) and is no demo.`,
        'Choose an empty or a new folder for the demo.',
      );
    }
    const other = (['people', 'photographs', 'seed'] as const).find((key) => mark[key] !== request[key]);
    if (other !== undefined) {
      throw new UserError(
        `${this.root} holds a demo with ${other} ${mark[other]}, not ${request[other]}.`,
        'Choose another folder, or the same settings to continue there.',
      );
    }
  }

  private async readMark(): Promise<z.infer<typeof markSchema> | undefined> {
    const text = await readFile(this.mark, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return markSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}
