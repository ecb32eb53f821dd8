const browserFormats = /\.(jpe?g|jfif|png|gif|webp|bmp|avif)$/i;

/** Whether every browser shows a file of this name by itself. */
export function isShownByBrowsers(path: string): boolean {
  return browserFormats.test(path);
}
