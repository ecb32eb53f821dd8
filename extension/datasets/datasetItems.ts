import { basename } from 'node:path';
import * as vscode from 'vscode';
import { cleanableKinds } from '../../src/dataset/problems';
import type { Problem } from '../../src/protocol/problem';
import { counted, grouped } from '../counts';
import { nodeKinds } from '../identifiers';
import type { DatasetChecks } from './datasetChecks';
import { placeOf } from '../workspace/library';
import { problemInWords, problemKindInWords } from './problemWords';
import { shownRow } from '../shown';

export type DatasetNode =
  | { kind: 'dataset'; path: string; added: boolean }
  | { kind: 'group'; dataset: string; people: readonly string[] }
  /** `images` is their number when the row was made. */
  | { kind: 'person'; dataset: string; person: { name: string; images: number } }
  /** Some of a person's images, where there are many. */
  | { kind: 'images'; dataset: string; person: string; images: readonly string[] }
  | { kind: 'image'; dataset: string; person: string; path: string }
  | { kind: 'note'; dataset: string; text: string };

type Node<Kind extends DatasetNode['kind']> = DatasetNode & { kind: Kind };

const { None, Collapsed } = vscode.TreeItemCollapsibleState;
const warning = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** Identity of a row that has others below it; those of a dataset begin with the dataset's and a line break. */
export function keyOf(node: Node<'dataset' | 'group' | 'person' | 'images'>): string {
  switch (node.kind) {
    case 'dataset':
      return node.path;
    case 'group':
      return `${node.dataset}\nfrom ${node.people[0]!} to ${node.people.at(-1)!}`;
    case 'person':
      return `${node.dataset}\n${node.person.name}`;
    case 'images':
      return `${node.dataset}\n${node.person}\nfrom ${node.images[0]!}`;
  }
}

/** The row of a node, with what a check has found; nothing is read. */
export function itemOf(node: DatasetNode, checks: DatasetChecks): vscode.TreeItem {
  switch (node.kind) {
    case 'dataset':
      return datasetItem(node, checks);
    case 'group':
      return groupItem(node);
    case 'person':
      return personItem(node, checks);
    case 'images':
      return imagesItem(node, checks);
    case 'image':
      return imageItem(node, checks);
    case 'note': {
      const item = new vscode.TreeItem(node.text, None);
      item.iconPath = new vscode.ThemeIcon('info');
      return shownRow(item);
    }
  }
}

function datasetItem(node: Node<'dataset'>, checks: DatasetChecks): vscode.TreeItem {
  const { path, added } = node;
  const item = new vscode.TreeItem(basename(path), Collapsed);
  const problems = checks.of(path);
  item.id = keyOf(node);
  item.contextValue = added ? nodeKinds.addedDataset : nodeKinds.dataset;
  item.iconPath = problems !== undefined && problems.length > 0 ? warning : new vscode.ThemeIcon('organization');
  item.description = [...(problems === undefined ? [] : [summary(problems)]), ...placeOf(path)].join(' · ');
  item.tooltip = [path, ...(problems ?? []).slice(0, 12).map(problemInWords)].join('\n');
  return shownRow(item);
}

function groupItem(node: Node<'group'>): vscode.TreeItem {
  const names = [node.people[0]!, node.people.at(-1)!].map((name) => name.replaceAll('_', ' '));
  const item = new vscode.TreeItem(names.join(' – '), Collapsed);
  item.id = keyOf(node);
  item.description = counted.people(node.people.length);
  item.iconPath = new vscode.ThemeIcon('organization');
  return shownRow(item);
}

function personItem(node: Node<'person'>, checks: DatasetChecks): vscode.TreeItem {
  const { dataset, person } = node;
  const item = new vscode.TreeItem(person.name.replaceAll('_', ' '), Collapsed);
  const problems = checks.ofPerson(dataset, person.name);
  item.id = keyOf(node);
  item.contextValue = nodeKinds.person;
  item.description = [grouped(person.images), ...(problems.length > 0 ? [summary(problems)] : [])].join(' · ');
  item.iconPath = problems.length > 0 ? warning : new vscode.ThemeIcon('person');
  if (problems.length > 0) item.tooltip = problems.slice(0, 12).map(problemInWords).join('\n');
  const said = [person.name, counted.images(person.images), ...(problems.length > 0 ? [summary(problems)] : [])];
  return shownRow(item, said);
}

function imagesItem(node: Node<'images'>, checks: DatasetChecks): vscode.TreeItem {
  const { dataset, person, images } = node;
  const item = new vscode.TreeItem([images[0]!, images.at(-1)!].map((path) => basename(path)).join(' – '), Collapsed);
  const found = checks.ofPerson(dataset, person);
  const here = found.length === 0 ? undefined : new Set(images);
  const problems = found.filter(({ path }) => here?.has(path));
  item.id = keyOf(node);
  item.description = [counted.images(images.length), ...(problems.length > 0 ? [summary(problems)] : [])].join(' · ');
  item.iconPath = problems.length > 0 ? warning : new vscode.ThemeIcon('files');
  return shownRow(item);
}

function imageItem({ dataset, path }: Node<'image'>, checks: DatasetChecks): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(path), None);
  const problems = checks.ofPath(dataset, path);
  item.id = path;
  const unusable = problems.some(({ kind }) => cleanableKinds.has(kind) || kind === 'duplicate');
  item.contextValue = unusable ? nodeKinds.unusableImage : nodeKinds.image;
  item.iconPath = problems.length > 0 ? warning : new vscode.ThemeIcon('file-media');
  if (problems.length > 0) item.description = problems.map(({ kind }) => problemKindInWords(kind)).join(', ');
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [vscode.Uri.file(path)] };
  return shownRow(item);
}

function summary(problems: readonly Problem[]): string {
  return problems.length === 0 ? vscode.l10n.t('no problems') : counted.problems(problems.length);
}
