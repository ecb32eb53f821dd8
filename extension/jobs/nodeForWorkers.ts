import * as vscode from 'vscode';
import { type NodeRuntime, describeStep, findNodeRuntime } from '../../src/worker/nodeRuntime';

/** Node for what this extension starts, by its setting, and how it was found in the log. @throws UserError */
export async function nodeForWorkers(log: vscode.LogOutputChannel): Promise<NodeRuntime> {
  const setting = vscode.workspace.getConfiguration('facenet').get<string>('nodePath', '');
  const runtime = await findNodeRuntime({ setting });
  log.info(`Node for the worker: ${runtime.steps.map(describeStep).join('; ')}`);
  return runtime;
}

/** Taken out of a child's environment: the extension host's variables that change how Node or VS Code behave there. */
export function workerEnvironment(runtime: NodeRuntime): Record<string, string | undefined> {
  const foreign = Object.keys(process.env).filter((name) => /^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(foreign.map((name) => [name, undefined])), ...runtime.env };
}
