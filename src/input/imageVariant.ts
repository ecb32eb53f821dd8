/** How one look at an image differs from the plain one. */
export interface ImageVariant {
  flip: boolean;
  /** `centre`, or the place of a crop as parts [0, 1) of the room that the image leaves. */
  crop: 'centre' | { x: number; y: number };
  /** Counter-clockwise, degrees. */
  rotation: number;
}

export const plainVariant: ImageVariant = { flip: false, crop: 'centre', rotation: 0 };
