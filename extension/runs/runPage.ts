import { resolve } from 'node:path';
import type { PageKind } from '../pages/pageKind';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import type { RunPanel, RunTab } from './runPanel';

/** The Run tab: one for each run folder. */
export const runPage: PageKind<RunTab, RunPanel, Pick<Services, 'jobs' | 'runs' | 'notices'>> = {
  name: 'run',
  icon: 'chart.svg',
  keyOf: ({ folder }) => folder,
  async open({ folder }, { jobs, runs, notices }) {
    const [{ RunPanel }, { openRunFolder }] = await Promise.all([
      import('./runPanel'),
      import('../../src/run/runFolder'),
    ]);
    const { record } = await openRunFolder(folder);
    return (place) => new RunPanel(place, folder, record, jobs, runs, notices);
  },
};

/** @throws UserError when the folder is no run. */
export async function showRun(panels: Panels, folder: string): Promise<RunPanel> {
  return panels.show(runPage, { kind: 'run', folder: resolve(folder) });
}
