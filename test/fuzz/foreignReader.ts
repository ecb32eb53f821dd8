import type { Damage } from './damage';

/** Something that reads what others have made, with files for it to begin with. */
export interface ForeignReader {
  readonly name: string;
  /**
   * How exactly its errors say where a file is wrong: `offset` at which byte, as the formats that are read here do; `file`
   * only in which file, as texts and what libraries read. `never`: it has no errors, and leaves out what it cannot use.
   */
  readonly tells: 'offset' | 'file' | 'never';
  /** Most of its damage is none: it takes what it understands and leaves out the rest. */
  readonly lenient?: boolean;
  /** Its paths are the user's own, who may name any. */
  readonly namesAnyPath?: boolean;
  /** Sentences about a file as a whole, which name no byte. */
  readonly asWhole?: RegExp;
  readonly damage: Damage;
  /** What reading may take beyond twice the file's size, bytes; see `usualAllowance`. */
  readonly allowance?: number;
  /** Files that are in order, small ones. */
  files(): Promise<readonly Buffer[]>;
  /** @param folder of its own, empty: nothing outside of it may be touched */
  open(folder: string): Promise<OpenReader>;
}

export interface OpenReader {
  /** Reads a file as the workbench does, to the last value. */
  read(bytes: Buffer): Promise<unknown>;
  close?(): Promise<void>;
}

/** The heap grows by what reading any small file leaves behind for the collector. */
export const usualAllowance = 16 << 20;
