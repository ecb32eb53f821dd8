// Where it is written down what became of each photograph.
import { AlignmentLog } from './alignmentLog';
import type { AlignmentEntry } from '../protocol/alignmentLog';
import { BoundingBoxFile } from './outputTree';

/** What became of a photograph: lines of the bounding box file, and that of the log. */
export interface BookedImage {
  boxes: string[];
  entry: AlignmentEntry;
}

/** Takes what became of photographs, in the order of the dataset. */
export interface AlignmentBook {
  append(image: BookedImage): Promise<void>;
  close(): Promise<void>;
}

/** The files of an aligned folder themselves. */
export class FolderBook implements AlignmentBook {
  private constructor(
    private readonly boxes: BoundingBoxFile,
    private readonly log: AlignmentLog,
  ) {}

  /** @param into folder that they are moved into later @throws UserError where they cannot be written */
  static async open(folder: string, into = folder): Promise<FolderBook> {
    const boxes = await BoundingBoxFile.create(folder, into);
    return new FolderBook(boxes, await AlignmentLog.open(folder));
  }

  async append({ boxes, entry }: BookedImage): Promise<void> {
    for (const line of boxes) await this.boxes.append(line);
    await this.log.append(entry);
  }

  async close(): Promise<void> {
    await this.boxes.close();
    await this.log.close();
  }
}
