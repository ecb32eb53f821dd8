import { resolve } from 'node:path';
import type { PageKind } from '../pages/pageKind';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import type { LfwPanel, LfwTab } from './lfwPanel';

/** The LFW tab: one for each report. */
export const lfwPage: PageKind<LfwTab, LfwPanel, Pick<Services, 'log'>> = {
  name: 'lfw',
  icon: 'target.svg',
  keyOf: ({ report }) => report,
  open: async (about, needs) => (await import('./lfwPanel')).openReport(about, needs),
};

/** @throws UserError when the file is no LFW report. */
export async function showReport(panels: Panels, report: string): Promise<LfwPanel> {
  return panels.show(lfwPage, tabOf(report));
}

/** The tab of a report, if it is open. */
export function reportTab(panels: Panels, report: string): LfwPanel | undefined {
  return panels.find(lfwPage, tabOf(report));
}

/** The report in the active tab, if it is one. */
export function activeReport(panels: Panels): string | undefined {
  return panels.active(lfwPage)?.state.report;
}

function tabOf(report: string): LfwTab {
  return { kind: 'lfw', report: resolve(report) };
}
