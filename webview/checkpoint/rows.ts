// What a row of the table says, from the parts of the snapshot that are there.
import * as l10n from '@vscode/l10n';
import type {
  Comparison,
  RestoreEntry,
  ShownModel,
  ShownPlan,
  ShownVariable,
  StageComparison,
  VariableComparison,
  VariableStatistics,
} from '../../src/protocol/checkpoint';
import { compact } from '../format';

export interface VariableRow {
  /** Absent where only the other model or only the network has it. */
  variable?: ShownVariable;
  name: string;
  statistics?: VariableStatistics;
  comparison?: VariableComparison;
  plan?: RestoreEntry;
}

export interface StageRows {
  name: string;
  rows: VariableRow[];
  bytes: number;
  comparison?: StageComparison;
}

export interface Snapshot {
  model: ShownModel;
  statistics?: VariableStatistics[];
  comparison?: Comparison;
  plan?: ShownPlan;
  notes?: readonly string[];
}

const byName = <T extends { name: string }>(entries: readonly T[] = []): Map<string, T> =>
  new Map(entries.map((entry) => [entry.name, entry]));

/** Stages in the order of the network, each with its variables; what is not in the model itself comes last. */
export function stageRows({ model, statistics, comparison, plan }: Snapshot): StageRows[] {
  const known = byName(statistics);
  const compared = byName(comparison?.variables);
  const planned = byName(plan?.entries);
  const rowOf = (name: string, variable?: ShownVariable): VariableRow => {
    const parts = { statistics: known.get(name), comparison: compared.get(name), plan: planned.get(name) };
    compared.delete(name);
    planned.delete(name);
    return {
      name,
      ...(variable !== undefined && { variable }),
      ...(parts.statistics !== undefined && { statistics: parts.statistics }),
      ...(parts.comparison !== undefined && { comparison: parts.comparison }),
      ...(parts.plan !== undefined && { plan: parts.plan }),
    };
  };
  const stages = model.stages.map(({ name, variables }): StageRows => {
    const stage = comparison?.stages.find((entry) => entry.name === name);
    return {
      name: name ?? l10n.t('Other variables'),
      rows: variables.map((variable) => rowOf(variable.name, variable)),
      bytes: variables.reduce((sum, { byteLength }) => sum + byteLength, 0),
      ...(stage !== undefined && { comparison: stage }),
    };
  });
  const missing = [...new Set([...compared.keys(), ...planned.keys()])];
  if (missing.length > 0) {
    stages.push({ name: l10n.t('Not in this model'), rows: missing.map((name) => rowOf(name)), bytes: 0 });
  }
  return stages;
}

/** Values that are NaN or infinite. */
export function brokenValues(rows: readonly VariableRow[]): number {
  return rows.reduce((sum, { statistics }) => sum + (statistics?.nan ?? 0) + (statistics?.infinite ?? 0), 0);
}

/** Whether there is something to see: a broken value, a difference, or a variable that is not simply restored. */
export function isRemarkable({ statistics, comparison, plan }: VariableRow): boolean {
  return (
    (statistics !== undefined && statistics.nan + statistics.infinite > 0) ||
    (comparison !== undefined && comparison.status !== 'equal') ||
    (plan !== undefined && plan.status !== 'restored')
  );
}

const comparisonTexts = {
  equal: l10n.t('exactly equal'),
  'other-shape': l10n.t('other shape'),
  'only-first': l10n.t('only here'),
  'only-second': l10n.t('only in the other'),
} as const;

/** One variable against its counterpart: `exactly equal`, or the relative L2 difference and max |a − b|. */
export function differenceText({ status, relative, largest, notFinite }: VariableComparison): string {
  if (status !== 'different') return comparisonTexts[status];
  const parts = [
    relative === null ? l10n.t('from all zeros') : compact(relative),
    l10n.t('max {0}', compact(largest ?? 0)),
  ];
  if (notFinite > 0) parts.push(l10n.t('{0} not finite', notFinite));
  return parts.join(', ');
}

/** A stage against its counterpart. */
export function stageDifferenceText({ variables, equal, relative, largest }: StageComparison): string {
  if (equal === variables) return l10n.t('exactly equal');
  const size = relative === null || largest === null ? [] : [compact(relative), l10n.t('max {0}', compact(largest))];
  return [...size, l10n.t('{0} of {1} equal', equal, variables)].join(', ');
}

export const planTexts = {
  restored: l10n.t('restored'),
  new: l10n.t('new'),
  'other-shape': l10n.t('other shape, new'),
  unused: l10n.t('not used'),
} as const;

/** 812 B, 56.4 kB, 93.9 MB. */
export function byteText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
