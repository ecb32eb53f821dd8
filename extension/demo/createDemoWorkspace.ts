import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import { UserError } from '../../src/protocol/errors';
import { type DemoRequest, demoRequestSchema } from '../../src/protocol/job';
import { withRunProgress } from '../jobs/progressNotification';
import { browseFolder, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand, workspaceRoot, workspaceRoots } from '../workspace/library';
import { parseRequest } from '../jobs/jobRequests';
import { showDemoEnd } from './demoTabs';

/**
 * Draws people that do not exist and takes them the whole way: align, fine-tune, validate. Resolves to the folder and
 * the final state. In a folder of this window the trees fill, and report and fine-tuning open; elsewhere opening it is
 * offered. An empty window opens the folder as soon as the demo has begun.
 */
export async function createDemoWorkspace(
  { jobs, library, notices, panels }: Services,
  argument?: unknown,
): Promise<{ folder: string; outputDir: string; state: string } | undefined> {
  const options = optionsOf<DemoRequest>(argument);
  const typed = options.outputDir ?? pathOf(argument) ?? (await askForFolder());
  if (typed === undefined) return undefined;
  const outputDir = expand(typed);
  const request = parseRequest(
    demoRequestSchema,
    { ...options, kind: 'demo', outputDir },
    vscode.l10n.t('Create Demo Workspace'),
  );
  await mkdir(outputDir, { recursive: true });
  const foreign = (await readdir(outputDir)).filter((name) => !name.startsWith('.'));
  // A demo that was begun there is continued.
  if (foreign.length > 0 && !foreign.includes('demo.json')) {
    throw new UserError(
      vscode.l10n.t('{0} is not empty (it holds {1}).', outputDir, foreign[0]!),
      vscode.l10n.t('Choose an empty folder for the demo.'),
    );
  }

  // The run belongs to the demo's own folder, where a window opened on it later finds it.
  const run = await jobs.start(request, { root: outputDir, title: vscode.l10n.t('Demo') });
  library.refresh();
  if (workspaceRoots().length === 0) {
    // The window begins anew in the demo's folder, which shows it from there on; the worker goes on meanwhile.
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(outputDir), { forceReuseWindow: true });
    return { folder: run.folder, outputDir, state: run.record.state };
  }
  const record = await withRunProgress(vscode.l10n.t('Creating the demo in {0}', basename(outputDir)), run, jobs);
  const result = { folder: run.folder, outputDir, state: record.state };
  if (record.state !== 'done') return result;
  library.refresh();
  if (workspaceRoots().some((root) => isInside(root, outputDir))) await showDemoEnd(panels, run.folder, record);
  notices.information(
    vscode.l10n.t('The demo is ready in {0}.', outputDir),
    ...(workspaceRoot() === outputDir ? [] : [open(outputDir)]),
  );
  return result;
}

function open(folder: string) {
  return {
    title: vscode.l10n.t('Open It'),
    run: () => vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow: false }),
  };
}

async function askForFolder(): Promise<string | undefined> {
  const title = vscode.l10n.t('Create Demo Workspace');
  const root = workspaceRoot();
  if (root === undefined) return browseFolder(title, vscode.l10n.t('Create Demo Here'));
  const isEmpty = (await readdir(root)).every((name) => name.startsWith('.'));
  const here = isEmpty ? root : join(root, 'facenet-demo');
  const choice = await pickOne(title, vscode.l10n.t('Generated faces, no network, no GPU; takes a few minutes'), [
    {
      label: `$(folder) ${isEmpty ? vscode.l10n.t('In this empty workspace') : vscode.l10n.t('In a new folder of this workspace')}`,
      description: here,
      value: here,
    },
    { label: `$(folder-opened) ${vscode.l10n.t('Choose an empty folder…')}`, value: 'browse' },
  ]);
  return choice === 'browse' ? browseFolder(title, vscode.l10n.t('Create Demo Here')) : choice;
}
