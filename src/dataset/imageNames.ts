const pattern = /\.(jpe?g|png|bmp|gif|webp|tiff?)$/i;

/** Whether a file is an image by its name; what it really is, the dataset check finds out. */
export function isImageName(name: string): boolean {
  return pattern.test(name);
}
