import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/checkpoint/model';
import { describeError } from '../../src/protocol/errors';
import type { RunRecord } from '../../src/protocol/run';
import type { CheckpointFacts } from '../../src/run/checkpointFacts';
import { percent } from '../../src/words/rates';
import { dayInWords } from '../../src/words/runWords';
import { counted } from '../counts';
import { Disposable } from '../disposable';
import { commandIds, nodeKinds } from '../identifiers';
import type { RunStore } from '../jobs/runStore';
import { type Library, placeOf } from '../workspace/library';
import { type RunCheckpoint, checkpointsOfRun } from '../workspace/runCheckpoints';
import { shownRow } from '../shown';
import { type FoundRecognizer, findRecognizers, recognizerItem } from './recognizers';

type Variable = Model['variables'][number];

export type CheckpointNode =
  | { kind: 'model'; path: string; origin: 'starter' | 'added' | 'found' }
  | { kind: 'run'; folder: string; record: RunRecord; name: string }
  | ({ kind: 'checkpoint'; facts?: CheckpointFacts; attached: boolean } & RunCheckpoint)
  | { kind: 'stage'; model: string; name: string; variables: Variable[] }
  | { kind: 'variable'; model: string; variable: Variable }
  | FoundRecognizer
  | { kind: 'note'; text: string };

const { None, Collapsed } = vscode.TreeItemCollapsibleState;

/** Pretrained models, and the checkpoints of training runs → stages → variables; only headers are read, on opening. */
export class CheckpointsTree extends Disposable implements vscode.TreeDataProvider<CheckpointNode> {
  private readonly changed = this.register(new vscode.EventEmitter<CheckpointNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  /** With the model of the workspace that each was made with. */
  private recognizers: Awaited<ReturnType<typeof findRecognizers>> = [];

  constructor(
    private readonly library: Library,
    private readonly runs: RunStore,
  ) {
    super();
    this.register(library.onDidChange(() => this.changed.fire(undefined)));
    this.register(runs.onDidChange(() => this.changed.fire(undefined)));
  }

  async getChildren(node?: CheckpointNode): Promise<CheckpointNode[]> {
    if (node === undefined) return this.models();
    switch (node.kind) {
      case 'run':
        return checkpointsOf(node.record, node.folder, this.runs.liesElsewhere(node.folder));
      case 'model':
        return [...this.recognizersOf(node.path), ...(await stagesOf(node.path))];
      case 'checkpoint':
        return [...this.recognizersOf(node.prefix), ...(await stagesOf(node.prefix))];
      case 'stage':
        return node.variables.map((variable) => ({ kind: 'variable', model: node.model, variable }));
      case 'variable':
      case 'gallery':
      case 'classifier':
      case 'note':
        return [];
    }
  }

  getTreeItem(node: CheckpointNode): vscode.TreeItem {
    switch (node.kind) {
      case 'model':
        return modelItem(node);
      case 'run': {
        const item = new vscode.TreeItem(node.name, Collapsed);
        item.id = `checkpoints of ${node.folder}`;
        item.description =
          node.record.best === undefined
            ? dayInWords(node.record.createdAt, new Date())
            : vscode.l10n.t('best {0}', percent(node.record.best.accuracy));
        item.tooltip = node.folder;
        item.iconPath = new vscode.ThemeIcon('history');
        item.contextValue = nodeKinds.runCheckpoints;
        return shownRow(item);
      }
      case 'checkpoint': {
        return checkpointItem(node);
      }
      case 'stage': {
        const item = new vscode.TreeItem(node.name, Collapsed);
        item.id = `${node.model}\n${node.name}`;
        const numbers = node.variables.reduce((sum, { shape }) => sum + numbersIn(shape), 0);
        item.description = [counted.variables(node.variables.length), roughly(numbers)].join(', ');
        item.iconPath = new vscode.ThemeIcon('layers');
        item.contextValue = nodeKinds.stage;
        return shownRow(item);
      }
      case 'variable': {
        const { name, shape, dtype, byteLength } = node.variable;
        const item = new vscode.TreeItem(name.split('/').slice(-2).join('/'), None);
        item.id = `${node.model}\n${name}`;
        item.description = `[${shape.join(', ')}], ${bytesOf(byteLength)}${dtype === 'float32' ? '' : `, ${dtype}`}`;
        item.tooltip = `${name}\n${dtype} [${shape.join(', ')}], ${counted.numbers(numbersIn(shape))}`;
        item.iconPath = new vscode.ThemeIcon('symbol-array');
        item.contextValue = nodeKinds.variable;
        return shownRow(item);
      }
      case 'gallery':
      case 'classifier':
        return recognizerItem(node);
      case 'note': {
        const item = new vscode.TreeItem(node.text, None);
        item.tooltip = node.text;
        item.iconPath = new vscode.ThemeIcon('info');
        return shownRow(item);
      }
    }
  }

  private async models(): Promise<CheckpointNode[]> {
    const [models, runs] = await Promise.all([this.library.models(), this.runs.list()]);
    this.recognizers = await findRecognizers(this.library, this.runs);
    const trained = runs.filter(({ record }) => record.request.kind === 'train' && record.checkpoint !== undefined);
    return [
      { kind: 'model', path: 'starter', origin: 'starter' },
      ...models.map(({ path, added }): CheckpointNode => ({ kind: 'model', path, origin: added ? 'added' : 'found' })),
      ...trained.map(({ folder, record, name }): CheckpointNode => ({ kind: 'run', folder, record, name })),
      // Of models that are not here.
      ...this.recognizersOf(undefined),
    ];
  }

  private recognizersOf(model: string | undefined): CheckpointNode[] {
    return this.recognizers.filter((recognizer) => recognizer.madeWith === model);
  }
}

function modelItem({ path, origin }: CheckpointNode & { kind: 'model' }): vscode.TreeItem {
  const starter = origin === 'starter';
  const item = new vscode.TreeItem(starter ? vscode.l10n.t('Starter (dlib ResNet)') : basename(path), Collapsed);
  item.id = path;
  item.description = starter ? vscode.l10n.t('built in, 128 dimensions') : placeOf(path).join();
  item.tooltip = starter
    ? vscode.l10n.t("dlib's face recognition ResNet, comes with the extension: landmark chips of 150 pixels")
    : path;
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = { starter: nodeKinds.starter, added: nodeKinds.addedModel, found: nodeKinds.model }[origin];
  return shownRow(item);
}

async function checkpointsOf(record: RunRecord, folder: string, attached: boolean): Promise<CheckpointNode[]> {
  const checkpoints = await checkpointsOfRun(record, folder);
  if (checkpoints.length === 0) return [{ kind: 'note', text: vscode.l10n.t('No checkpoint has been written yet.') }];
  const { readEvents } = await import('../../src/run/metricsLog');
  const { checkpointFacts } = await import('../../src/run/checkpointFacts');
  const known = checkpointFacts(await readEvents(join(folder, 'metrics.jsonl')));
  return checkpoints.map((checkpoint) => {
    const facts = known.get(checkpoint.step);
    return { kind: 'checkpoint', attached, ...checkpoint, ...(facts !== undefined && { facts }) };
  });
}

/** E.g. `after last block`, `94.7 % · step 600 · today 00:16`. */
function checkpointItem({
  prefix,
  step,
  best,
  facts,
  attached,
}: CheckpointNode & { kind: 'checkpoint' }): vscode.TreeItem {
  const when = phaseInWords(step, facts);
  const stepWords = vscode.l10n.t('step {0}', step);
  const item = new vscode.TreeItem(when ?? stepWords, Collapsed);
  item.id = prefix;
  const parts = [
    ...(best ? [vscode.l10n.t('best')] : []),
    ...(facts?.accuracy === undefined ? [] : [percent(facts.accuracy)]),
    ...(when === undefined ? [] : [stepWords]),
    ...(facts === undefined ? [] : [dayInWords(new Date(facts.time).toISOString(), new Date())]),
  ];
  item.description = parts.join(' · ');
  item.tooltip = [[when, ...parts].filter(Boolean).join(' · '), stepWords, `${prefix}.*`].join('\n');
  item.iconPath = new vscode.ThemeIcon(best ? 'star-full' : 'save');
  item.contextValue = attached ? nodeKinds.attachedCheckpoint : nodeKinds.checkpoint;
  item.command = {
    command: commandIds.showCheckpoint,
    title: vscode.l10n.t('Show Checkpoint'),
    arguments: [{ prefix }],
  };
  return shownRow(item);
}

function phaseInWords(step: number, facts: CheckpointFacts | undefined): string | undefined {
  if (step === 0) return vscode.l10n.t('before training');
  if (facts?.phase === undefined) return undefined;
  const { name, ended } = facts.phase;
  return ended ? vscode.l10n.t('after {0}', name) : vscode.l10n.t('in {0}', name);
}

/** Variables by the stage that owns them, in the order of the network; what belongs to none comes last. */
async function stagesOf(path: string): Promise<CheckpointNode[]> {
  const { openModel } = await import('../../src/checkpoint/model');
  let model: Model;
  try {
    model = await openModel(path, { headerOnly: true });
  } catch (error) {
    return [{ kind: 'note', text: describeError(error) }];
  }
  const { inspect } = await import('../../src/checkpoint/inspection');
  return inspect(model).stages.map(({ name = vscode.l10n.t('Other'), variables }) => ({
    kind: 'stage',
    model: path,
    name,
    variables,
  }));
}

function numbersIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** 812 B, 56.4 kB, 93.9 MB. */
function bytesOf(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${compact(bytes)}B`;
}

/** E.g. `387 numbers`, `1.2 M numbers`. */
function roughly(numbers: number): string {
  return numbers < 1000 ? counted.numbers(numbers) : vscode.l10n.t('{0} numbers', compact(numbers));
}

/** 1,234,567 as 1.2 M. */
function compact(count: number): string {
  if (count < 1000) return String(count);
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} k` : `${(count / 1e6).toFixed(1)} M`;
}
