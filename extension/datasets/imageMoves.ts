/** Older moves are undone by hand. */
const mostRemembered = 50;

/** Moves a group of images back; resolves to how many, 0 where that has been done already. */
type Undo = () => Promise<number>;

/** What was moved in this window, so that the latest can be moved back. */
export class ImageMoves {
  private readonly undos: Undo[] = [];

  remember(undo: Undo): void {
    this.undos.push(undo);
    if (this.undos.length > mostRemembered) this.undos.shift();
  }

  /** Moves back what was moved last; resolves to the number of images. @throws UserError where one cannot be moved */
  async undoLast(): Promise<number> {
    for (let undo = this.undos.pop(); undo !== undefined; undo = this.undos.pop()) {
      const count = await undo();
      if (count > 0) return count;
    }
    return 0;
  }
}
