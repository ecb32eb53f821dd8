import { basename } from 'node:path';
import * as vscode from 'vscode';
import { cleanableKinds } from '../../src/dataset/problems';
import type { Problem } from '../../src/protocol/problem';
import { counted, grouped } from '../counts';
import { nodeKinds } from '../identifiers';
import type { DatasetChecks } from './datasetChecks';
import type { DatasetFacts, DatasetSize } from './datasetFacts';
import { placeOf } from '../workspace/library';
import { problemInWords, problemKindInWords } from './problemWords';
import { shownRow } from '../shown';

export type DatasetNode =
  | {
      kind: 'dataset';
      path: string;
      added: boolean;
      /** How its faces were cut out, and of which photographs; absent for photographs. */
      faces?: { imageSize: number; source: string };
      /** Shown below the row of its photographs. */
      nested?: boolean;
      /** Faces that were cut out of its images and are shown below it. */
      aligned?: readonly (DatasetNode & { kind: 'dataset' })[];
      /** Is shown open, as it holds what was looked for; what it is filtered by. */
      filtered?: string;
    }
  | { kind: 'group'; dataset: string; people: readonly string[] }
  /** `images` is their number when the row was made. */
  | { kind: 'person'; dataset: string; person: { name: string; images: number } }
  /** Some of a person's images, where there are many. */
  | { kind: 'images'; dataset: string; person: string; images: readonly string[] }
  | { kind: 'image'; dataset: string; person: string; path: string }
  | { kind: 'note'; dataset: string; text: string };

type Node<Kind extends DatasetNode['kind']> = DatasetNode & { kind: Kind };

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
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
export function itemOf(node: DatasetNode, checks: DatasetChecks, facts: DatasetFacts): vscode.TreeItem {
  switch (node.kind) {
    case 'dataset':
      return datasetItem(node, checks, facts);
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

function datasetItem(node: Node<'dataset'>, checks: DatasetChecks, facts: DatasetFacts): vscode.TreeItem {
  const { path, added, faces, filtered } = node;
  const item = new vscode.TreeItem(basename(path), filtered === undefined ? Collapsed : Expanded);
  const problems = checks.of(path);
  // VS Code opens and closes a row it knows only by hand.
  item.id = filtered === undefined ? keyOf(node) : `${keyOf(node)}\nfiltered by ${filtered}`;
  item.contextValue = contextOf(added, faces !== undefined);
  item.iconPath = problems !== undefined && problems.length > 0 ? warning : new vscode.ThemeIcon(iconOf(node));
  const outdated = checks.isOutdated(path) ? [vscode.l10n.t('changed since the check')] : [];
  item.description = [
    ...sizeInWords(facts.of(path), faces?.imageSize),
    ...(problems === undefined ? [] : [summary(problems), ...outdated]),
    ...originOf(node),
  ].join(' · ');
  item.tooltip = [
    path,
    ...(faces === undefined ? [] : [vscode.l10n.t('Faces cut out of the photographs in {0}', faces.source)]),
    ...(problems ?? []).slice(0, 12).map(problemInWords),
  ].join('\n');
  return shownRow(item);
}

function contextOf(added: boolean, hasRecord: boolean): string {
  if (hasRecord) return added ? nodeKinds.addedFacesDataset : nodeKinds.facesDataset;
  return added ? nodeKinds.addedDataset : nodeKinds.dataset;
}

function iconOf({ faces }: Node<'dataset'>): string {
  return faces === undefined ? 'organization' : 'smiley';
}

/** E.g. `24 people, 288 photographs` or `24 people, 286 faces, 160 px`. */
function sizeInWords(size: DatasetSize | undefined, faceEdge: number | undefined): string[] {
  const edge = faceEdge === undefined ? [] : [vscode.l10n.t('{0} px', faceEdge)];
  if (size === undefined) return faceEdge === undefined ? [] : [[vscode.l10n.t('faces'), ...edge].join(', ')];
  const { people, images } = size;
  const things =
    images === undefined ? [] : [faceEdge === undefined ? counted.photographs(images) : counted.faces(images)];
  return [[counted.people(people), ...things, ...edge].join(', ')];
}

/** Where it comes from, as far as the rows above do not say so. */
function originOf({ path, faces, nested }: Node<'dataset'>): string[] {
  if (nested === true) return [];
  const from = faces === undefined ? [] : [vscode.l10n.t('from {0}', basename(faces.source))];
  return [...from, ...placeOf(path)];
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
