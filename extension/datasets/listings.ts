interface Listing<Row> {
  stop: AbortController;
  rows: Promise<Row[]>;
  /** What was asked for in its place. */
  newer?: Listing<Row>;
}

/**
 * Listings of folders that are being read, one for each key; each can be given up. Keys are those of the rows: what
 * lies below a row has its key, a line break and something more.
 */
export class Listings<Row> {
  private readonly current = new Map<string, Listing<Row>>();

  /**
   * Reads, in place of an older listing of the same key: that one is given up and answers what this one does, so that
   * whoever waits sees the same. Resolves to no rows where it is given up with nothing in its place.
   * @throws what `read` throws, unless it was given up
   */
  async of(key: string, read: (signal: AbortSignal) => Promise<Row[]>): Promise<Row[]> {
    const stop = new AbortController();
    const listing: Listing<Row> = { stop, rows: read(stop.signal) };
    const older = this.current.get(key);
    if (older !== undefined) {
      older.newer = listing;
      older.stop.abort();
    }
    this.current.set(key, listing);
    try {
      return await answerOf(listing);
    } finally {
      if (this.current.get(key) === listing) this.current.delete(key);
    }
  }

  /** Gives up the listing of a row and those of what lies below it. */
  giveUp(key: string): void {
    for (const [name, { stop }] of this.current) if (name === key || name.startsWith(`${key}\n`)) stop.abort();
  }

  /** Gives up everything. */
  dispose(): void {
    for (const { stop } of this.current.values()) stop.abort();
  }
}

async function answerOf<Row>(listing: Listing<Row>): Promise<Row[]> {
  const { signal } = listing.stop;
  try {
    const rows = await listing.rows;
    if (!signal.aborted) return rows;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return listing.newer === undefined ? [] : answerOf(listing.newer);
}
