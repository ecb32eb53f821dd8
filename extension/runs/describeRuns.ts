// What a person says of runs: each command asks, writes about.json, and gives the folders that it has changed.
import * as vscode from 'vscode';
import { type AboutPatch, longestName, longestNote, longestTag } from '../../src/protocol/runAbout';
import { changeAbout } from '../../src/run/about';
import type { ListedRun } from '../../src/run/runList';
import { counted } from '../counts';
import { optionsOf } from '../inputs/targets';
import type { Services } from '../services';
import { nameInChoice } from '../shown';
import { chosenRuns } from './chosenRuns';

type Needs = Pick<Services, 'runs'>;

async function change(
  { runs }: Needs,
  chosen: readonly ListedRun[],
  patchOf: (run: ListedRun) => AboutPatch,
): Promise<string[]> {
  for (const run of chosen) await changeAbout(run.folder, patchOf(run));
  runs.refresh();
  return chosen.map(({ folder }) => folder);
}

/** Gives a run another name; an empty one takes it away. `{folder, name}` is not asked. */
export async function renameRun(services: Needs, argument?: unknown): Promise<string[]> {
  const [run] = await chosenRuns(services.runs, argument, vscode.l10n.t('Rename Run'));
  if (run === undefined) return [];
  const given = optionsOf<{ name: string }>(argument).name;
  const name =
    given ??
    (await vscode.window.showInputBox({
      title: vscode.l10n.t('Rename Run'),
      prompt: vscode.l10n.t('Empty: the name that it was started with, {0}', nameInChoice(run.record.title)),
      value: run.name,
      validateInput: (text) => tooLong(text, longestName),
    }));
  if (name === undefined) return [];
  const wanted = name.trim() === run.record.title ? null : name.trim();
  return change(services, [run], () => ({ name: wanted }));
}

/** Writes down something about a run; an empty text takes it away. `{folder, note}` is not asked. */
export async function noteRun(services: Needs, argument?: unknown): Promise<string[]> {
  const [run] = await chosenRuns(services.runs, argument, vscode.l10n.t('Note'));
  if (run === undefined) return [];
  const given = optionsOf<{ note: string }>(argument).note;
  const note =
    given ??
    (await vscode.window.showInputBox({
      title: vscode.l10n.t('Note on {0}', nameInChoice(run.name)),
      prompt: vscode.l10n.t('What is to be remembered of it'),
      value: run.about.note ?? '',
      validateInput: (text) => tooLong(text, longestNote),
    }));
  return note === undefined ? [] : change(services, [run], () => ({ note: note.trim() }));
}

/** Gives runs other tags: those that all of them have are asked for. `{folders, tags}` is not asked: all get these alone. */
export async function tagRuns(services: Needs, argument?: unknown): Promise<string[]> {
  const title = vscode.l10n.t('Tags');
  const chosen = await chosenRuns(services.runs, argument, title);
  if (chosen.length === 0) return [];
  const given = optionsOf<{ tags: string[] }>(argument).tags;
  if (given !== undefined) return change(services, chosen, () => ({ tags: given }));
  const known = [...new Set((await services.runs.list()).flatMap(({ about }) => about.tags))].sort();
  const common = known.filter((tag) => chosen.every(({ about }) => about.tags.includes(tag)));
  const picked = await askForTags(title, chosen, known, common);
  if (picked === undefined) return [];
  // A tag that only some of them have stays with those.
  const removed = new Set(common.filter((tag) => !picked.includes(tag)));
  return change(services, chosen, ({ about }) => ({
    tags: [...about.tags.filter((tag) => !removed.has(tag)), ...picked],
  }));
}

async function askForTags(
  title: string,
  chosen: readonly ListedRun[],
  known: readonly string[],
  common: readonly string[],
): Promise<string[] | undefined> {
  const whose = chosen.length === 1 ? chosen[0]!.name : counted.runs(chosen.length);
  const examples = known.length === 0 ? '' : ` ${vscode.l10n.t('There are: {0}', known.join(', '))}`;
  const typed = await vscode.window.showInputBox({
    title: `${title}: ${nameInChoice(whose)}`,
    prompt: nameInChoice(`${vscode.l10n.t('Tags, with commas between them.')}${examples}`),
    value: common.join(', '),
    validateInput: (text) => tagsIn(text).flatMap((tag) => tooLong(tag, longestTag) ?? [])[0],
  });
  return typed === undefined ? undefined : tagsIn(typed);
}

function tagsIn(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** Puts runs first in lists. */
export async function starRuns(services: Needs, argument?: unknown): Promise<string[]> {
  return change(services, await chosenRuns(services.runs, argument, vscode.l10n.t('Star')), () => ({ star: true }));
}

export async function unstarRuns(services: Needs, argument?: unknown): Promise<string[]> {
  return change(services, await chosenRuns(services.runs, argument, vscode.l10n.t('Remove Star')), () => ({
    star: false,
  }));
}

/** Leaves runs out of lists; nothing of them is moved. */
export async function archiveRuns(services: Needs, argument?: unknown): Promise<string[]> {
  const chosen = await chosenRuns(services.runs, argument, vscode.l10n.t('Archive'));
  return change(services, chosen, () => ({ archived: true }));
}

export async function unarchiveRuns(services: Needs, argument?: unknown): Promise<string[]> {
  const chosen = await chosenRuns(services.runs, argument, vscode.l10n.t('Take out of the Archive'));
  return change(services, chosen, () => ({ archived: false }));
}

function tooLong(text: string, most: number): string | undefined {
  return text.length > most ? vscode.l10n.t('At most {0} characters', most) : undefined;
}
