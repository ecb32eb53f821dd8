// A thread that reads images, as the rows of networks that are trained whole: their steps are calls of seconds, during which
// the thread that makes them runs no JavaScript and so could begin nothing.
import { builtProgram } from '../engine/installation';
import { AskedThread } from '../threads/askedThread';
import type { InputRecipe } from './prepareImage';
import type { Look } from './rows';

/** Pixels that are wanted, a byte each, of images one after another. */
export interface RowQuestion {
  looks: Omit<Look, 'change'>[];
  recipe: InputRecipe;
}

/** Starts with its first question. */
export class RowThread {
  private thread: AskedThread<RowQuestion, Uint8Array> | undefined;

  constructor(private readonly recipe: InputRecipe) {}

  /**
   * Network input of each look before it is standardised, [looks.length, S, S, 3], a byte each.
   * @throws UserError naming a file that is not an image
   */
  async pixels(looks: RowQuestion['looks']): Promise<Uint8Array> {
    this.thread ??= new AskedThread(builtProgram('rowReader.cjs'), 'reads images');
    return this.thread.ask({ looks, recipe: this.recipe });
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }
}
