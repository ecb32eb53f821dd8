/** A table's cells that are buttons, of which the Tab key reaches one and arrows the others. */
export class CellFocus {
  private cells: { node: HTMLElement; row: number; column: number }[] = [];

  /** @param onMove an arrow has led to this cell */
  constructor(table: HTMLElement, onMove: (row: number, column: number) => void = () => undefined) {
    table.addEventListener('keydown', (event) => {
      const from = this.cells.find(({ node }) => node === event.target);
      const way = ways[event.key];
      if (from === undefined || way === undefined) return;
      event.preventDefault();
      const to = this.next(from, way);
      if (to === undefined) return;
      this.takeTab(to.row, to.column);
      to.node.focus();
      onMove(to.row, to.column);
    });
  }

  /** The cells of before are gone. */
  clear(): void {
    this.cells = [];
  }

  add(node: HTMLElement, row: number, column: number): void {
    node.tabIndex = this.cells.length === 0 ? 0 : -1;
    this.cells.push({ node, row, column });
  }

  /** This cell is the one that the Tab key reaches. */
  takeTab(row: number, column: number): void {
    for (const cell of this.cells) cell.node.tabIndex = cell.row === row && cell.column === column ? 0 : -1;
  }

  /** The nearest cell in a direction; places without one are passed over. */
  private next(from: { row: number; column: number }, [down, right]: readonly [number, number]) {
    const steps = ({ row, column }: { row: number; column: number }): number =>
      down === 0
        ? row === from.row
          ? (column - from.column) * right
          : 0
        : column === from.column
          ? (row - from.row) * down
          : 0;
    const ahead = this.cells.filter((cell) => steps(cell) > 0);
    return ahead.sort((one, other) => steps(one) - steps(other))[0];
  }
}

/** Rows and columns that a key leads on. */
const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};
