import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import type { CommandId } from '../identifiers';
import type { Notices } from '../notices';
import type { Command } from './command';
import { askForTrust, needsTrust } from './trust';

/** Registers every command; what one throws becomes a notification, and the command resolves to undefined. */
export function registerCommands<Needs extends { notices: Notices }>(
  commands: Readonly<Record<CommandId, Command<Needs>>>,
  services: Needs,
): vscode.Disposable {
  const { notices } = services;
  const registrations = Object.entries(commands).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      try {
        if (needsTrust(command, vscode.workspace.isTrusted)) return askForTrust(notices);
        const handler = await command.load();
        return await handler(services, severalFiles(selected) ?? argument);
      } catch (error) {
        notices.problem(error);
        return undefined;
      }
    }),
  );
  return { dispose: () => disposeAll(registrations) };
}

/** What is selected in the Explorer beside the entry that a menu was opened on; undefined where it is that entry alone. */
function severalFiles(selected: unknown): readonly vscode.Uri[] | undefined {
  if (!Array.isArray(selected) || selected.length < 2) return undefined;
  return selected.every((entry) => entry instanceof vscode.Uri) ? selected : undefined;
}
