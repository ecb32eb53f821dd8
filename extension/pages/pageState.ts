// What a tab is about and what was chosen in it: kept in the saved state of its page, for a reload of the window, and in
// the memory of the extension, for a host that dies.
import { resolve } from 'node:path';
import type { NetworkName } from '../../src/protocol/recipe';

export type PageState = RunState | LfwState | CheckpointState | GalleryState;

export interface RunState {
  kind: 'run';
  folder: string;
}

export interface LfwState {
  kind: 'lfw';
  report: string;
  /** Report that was chosen to compare with, null for none; absent: the first evaluation of the same run. */
  baseline?: string | null;
}

export interface CheckpointState {
  kind: 'checkpoint';
  /** `starter`, or an absolute path. */
  path: string;
  /** The model it is compared with. */
  comparedWith?: string;
  /** What the restore plan is made for. */
  planFor?: PlanChoice;
}

export interface PlanChoice {
  network: NetworkName;
  /** Absolute path; absent: the network alone, without a classifier. */
  dataset?: string;
}

export interface GalleryState {
  kind: 'gallery';
  dataset: string;
  /** One person only. */
  person?: string;
}

/** How a page is looked at: what it has saved itself, by name. The host keeps it and never looks into it. */
export type PageView = Readonly<Record<string, unknown>>;

/** What there is one tab for: the same for two states that differ in what was chosen alone. */
export function identityOf(state: PageState): string {
  switch (state.kind) {
    case 'run':
      return `run\n${state.folder}`;
    case 'lfw':
      return `lfw\n${state.report}`;
    case 'checkpoint':
      return `checkpoint\n${state.path}`;
    case 'gallery':
      return `gallery\n${resolve(state.dataset)}\n${state.person ?? ''}`;
  }
}

/** Whether two states are about the same thing, whatever was chosen. */
export function isSame(one: PageState | undefined, other: PageState): boolean {
  return one !== undefined && identityOf(one) === identityOf(other);
}
