import { resolve } from 'node:path';
import type { PageKind } from '../pages/pageKind';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import type { CheckpointPanel, CheckpointTab } from './checkpointPanel';

/** The Checkpoint tab: one for each model. */
export const checkpointPage: PageKind<CheckpointTab, CheckpointPanel, Pick<Services, 'commandLine' | 'log'>> = {
  name: 'checkpoint',
  icon: 'chart.svg',
  keyOf: ({ path }) => path,
  open: async (about, needs) => (await import('./checkpointPanel')).openCheckpoint(about, needs),
};

/** @param model `starter`, or a path. @throws UserError when there is no model. */
export async function showModel(panels: Panels, model: string): Promise<CheckpointPanel> {
  return panels.show(checkpointPage, { kind: 'checkpoint', path: model === 'starter' ? model : resolve(model) });
}
