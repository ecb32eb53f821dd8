import * as vscode from 'vscode';
import { type NodeRuntime, describeStep, findNodeRuntime } from '../../src/worker/nodeRuntime';
import { proxyEnvironment } from './proxyEnvironment';

/** How Node was found last; a thumbnail is asked for at every hover, and the log is for what is new. */
let told = '';

/** Node for what this extension starts, by its setting, and how it was found in the log. @throws UserError */
export async function nodeForWorkers(log: vscode.LogOutputChannel): Promise<NodeRuntime> {
  const setting = vscode.workspace.getConfiguration('facenet').get<string>('nodePath', '');
  const runtime = await findNodeRuntime({ setting });
  const found = `Node for the worker: ${runtime.steps.map(describeStep).join('; ')}`;
  if (found === told) log.debug(found);
  else log.info(found);
  told = found;
  return runtime;
}

/**
 * Changes to a child's environment: the extension host's variables that alter how Node or VS Code behave are taken out, a
 * proxy of the settings comes in.
 */
export function workerEnvironment(runtime: NodeRuntime): Record<string, string | undefined> {
  const foreign = Object.keys(process.env).filter((name) => /^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  const http = vscode.workspace.getConfiguration('http');
  const proxy = proxyEnvironment(
    {
      proxy: http.get('proxy') ?? '',
      noProxy: http.get('noProxy') ?? [],
      support: http.get('proxySupport') ?? 'override',
    },
    process.env,
  );
  return { ...Object.fromEntries(foreign.map((name) => [name, undefined])), ...proxy, ...runtime.env };
}
