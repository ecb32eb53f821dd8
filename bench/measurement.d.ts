/** One figure of a benchmark; a file of bench/ exports `run(): Promise<Measurement[]>` and `npm run bench` prints them. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
  note?: string;
  /** Why the benchmark fails; said after the table. */
  fault?: string;
}
