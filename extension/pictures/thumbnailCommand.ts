import * as vscode from 'vscode';
import { type CommandLine, failureOf } from '../jobs/commandLine';
import type { ThumbnailMaker, ThumbnailWords } from './thumbnails';

export const thumbnailWords: ThumbnailWords = {
  gone: (path) => vscode.l10n.t('{0} is gone.', path),
  noFile: (path) => vscode.l10n.t('{0} is not a file.', path),
  notMade: (path) => vscode.l10n.t('No thumbnail of {0} was made.', path),
};

/** Has thumbnails made by `facenet thumbnail`: decoding needs a native library, which the extension host never loads. */
export function thumbnailCommand(commandLine: CommandLine): ThumbnailMaker {
  return async (paths, onMade, signal) => {
    const { parseThumbnailLine } = await import('../../src/protocol/thumbnail');
    const { code, stderr } = await commandLine.run(['thumbnail', ...paths], {
      signal,
      onLine: (text) => {
        const line = parseThumbnailLine(text);
        if (line !== undefined) onMade(line);
      },
    });
    if (code !== 0) throw failureOf('thumbnail', code, stderr);
  };
}
