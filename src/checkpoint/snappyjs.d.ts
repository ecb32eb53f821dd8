/** The part of snappyjs that is used; the package has no types of its own. */
declare module 'snappyjs' {
  /** Throws for a damaged stream and for one that would unpack to more than `maxLength` bytes. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
