import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandIds } from '../identifiers';
import { uriList, urisOf } from '../inputs/uriList';
import type { DatasetNode } from './datasetItems';

/** A folder that is dropped on the Datasets view, from the Explorer or from outside, is added to it. */
export class DatasetDrop implements vscode.TreeDragAndDropController<DatasetNode> {
  readonly dropMimeTypes = [uriList];
  readonly dragMimeTypes: string[] = [];

  async handleDrop(_: DatasetNode | undefined, dragged: vscode.DataTransfer): Promise<void> {
    const list = await dragged.get(uriList)?.asString();
    for (const uri of urisOf(list ?? '').filter(({ scheme }) => scheme === 'file')) {
      // A picture that is dropped beside its folder is no mistake worth a message; a lone file is told by the command.
      const isFolder = (await stat(uri.fsPath).catch(() => undefined))?.isDirectory() === true;
      if (isFolder || list!.trim().split('\n').length === 1) {
        await vscode.commands.executeCommand(commandIds.addDataset, uri);
      }
    }
  }
}
