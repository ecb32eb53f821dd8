import type { Plugin } from 'esbuild';

export const libraryEntries: Readonly<Record<string, string>>;
export function librariesIn(folder: string): Plugin;
