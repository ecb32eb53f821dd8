// What a demo shows in the window of its folder: the FaceNet view, its own tab while it goes on, its fine-tuning at the end.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunRecord } from '../../src/protocol/run';
import { showReport } from '../lfw/lfwPanel';
import { reportOf } from '../jobs/reports';
import type { Panels } from '../pages/panels';
import { showRun } from '../runs/runPanel';

/** The sidebar of the workbench, and the tab of a demo that goes on. */
export async function showDemo(panels: Panels, folder: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.view.extension.facenet');
  await showRun(panels, folder);
}

/** The report, and in front of it the fine-tuning that it is of. */
export async function showDemoEnd(panels: Panels, folder: string, { result, ...record }: RunRecord): Promise<void> {
  const report = reportOf({ result, ...record }, folder);
  if (report !== undefined) await showReport(panels, report);
  const { run, outputDir } = result ?? {};
  if (typeof run === 'string' && typeof outputDir === 'string') await showRun(panels, join(outputDir, run));
}
