/** Values of a model's variables one by one, with its file kept open; used by one reader at a time. */
export interface ValueReader {
  /**
   * The numbers of one variable, row-major: float32 as it is stored, anything else as doubles.
   *
   * @throws UserError when it is not there, holds no numbers, or its file is damaged.
   */
  values(name: string): Promise<Float32Array | Float64Array>;
  close(): Promise<void>;
}
