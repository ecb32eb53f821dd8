import type { CommandId } from '../identifiers';

/** What a command does: its argument may be a path, a tree row, an options object or nothing; what is missing is asked. */
export type Handler<Needs> = (services: Needs, argument?: unknown) => Promise<unknown>;

/** A command as its feature defines it, in a module that loads nothing else. */
export interface Command<Needs> {
  /** It only looks, so it needs no trust; all else starts or ends processes, or changes files, by what a folder says. */
  readonly looks?: true;
  /** Its module, with the schemas and readers it needs, is evaluated when the command is called for the first time. */
  readonly load: () => Promise<Handler<Needs>>;
}

/** Commands of a feature. */
export type Commands<Needs> = Partial<Readonly<Record<CommandId, Command<Needs>>>>;
