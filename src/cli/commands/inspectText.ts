// What `facenet inspect` prints of plans, statistics and comparisons.
import type { Inspection } from '../../checkpoint/inspection';
import type { Comparison, ShownPlan, VariableStatistics } from '../../protocol/checkpoint';

/** A size in bytes for people: 812 B, 56.4 kB, 93.9 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `[3, 3, 32, 64]`; nothing where there is no shape. */
export function shapeText(shape: readonly number[] | undefined): string {
  return shape === undefined ? '' : `[${shape.join(', ')}]`;
}

/** Rows under one another, texts to the left and the columns of `right` to the right. */
function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function figure(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? value.toPrecision(4) : value.toExponential(2);
}

const statusTexts = { restored: 'restored', new: 'new', 'other-shape': 'other shape', unused: 'unused' } as const;

/** The counts of a restore plan, and every variable that is not simply restored. */
export function planLines({ against, note, entries, counts }: ShownPlan): string[] {
  const rest = entries.filter(({ status }) => status !== 'restored');
  const { restored, unused } = counts;
  const rows = rest.map(({ name, status, wantedShape, fileShape }) => {
    const shapes = [
      ...(fileShape === undefined ? [] : [`file ${shapeText(fileShape)}`]),
      ...(wantedShape === undefined ? [] : [`network ${shapeText(wantedShape)}`]),
    ];
    return [statusTexts[status].padEnd(11), name, shapes.join(', ')];
  });
  return [
    `Restore plan against ${against}:`,
    `  ${restored} restored, ${counts.new} new, ${counts['other-shape']} of another shape, ${unused} unused`,
    ...(note === undefined ? [] : [`  ${note}`]),
    ...indented(aligned(rows, new Set())),
  ];
}

/** One line per variable, by stage; what is not finite is named again at the end. */
export function statisticsLines(inspection: Inspection, statistics: readonly VariableStatistics[]): string[] {
  const known = new Map(statistics.map((entry) => [entry.name, entry]));
  const lines: string[] = [];
  for (const stage of inspection.stages) {
    const rows = stage.variables.flatMap(({ name }) => {
      const found = known.get(name);
      if (found === undefined) return [];
      const { mean, std, min, max, zeros, nan, infinite } = found;
      const broken = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])].join(', ');
      return [[name, ...[mean, std, min, max].map(figure), String(zeros), broken]];
    });
    if (rows.length === 0) continue;
    const head = ['', 'mean', 'std', 'min', 'max', 'zeros', ''];
    lines.push(stage.name ?? 'Other variables', ...indented(aligned([head, ...rows], new Set([1, 2, 3, 4, 5]))));
  }
  const broken = statistics.filter(({ nan, infinite }) => nan + infinite > 0);
  const verdict =
    broken.length === 0
      ? 'Every value is finite.'
      : `Values that are not finite in ${broken.length} variables: ${broken.map(({ name }) => name).join(', ')}`;
  return [...lines, '', verdict];
}

/** The stages, which ones are exactly equal, then every variable that is not. */
export function comparisonLines({ second, stages, variables, counts }: Comparison): string[] {
  const stageRows = stages.map((stage) => [
    stage.name ?? 'Other variables',
    stage.equal === stage.variables ? 'exactly equal' : `${stage.equal} of ${stage.variables} equal`,
    stage.equal === stage.variables ? '' : figure(stage.relative),
    stage.equal === stage.variables ? '' : figure(stage.largest),
  ]);
  const rest = variables.filter(({ status }) => status !== 'equal');
  const variableRows = rest.map(({ name, status, shape, otherShape, relative, largest, changed, notFinite }) =>
    status === 'different'
      ? [name, `${changed} values`, figure(relative), figure(largest), notFinite > 0 ? `${notFinite} not finite` : '']
      : [name, unmatchedTexts[status], '', '', [shapeText(shape), shapeText(otherShape)].filter(Boolean).join(' → ')],
  );
  const unmatched = counts['other-shape'] + counts['only-first'] + counts['only-second'];
  const head = ['', '', 'relative L2', 'max |a−b|'];
  return [
    `Compared with ${second}:`,
    `  ${counts.equal} exactly equal, ${counts.different} different, ${unmatched} without a counterpart of the same shape`,
    ...indented(aligned([head, ...stageRows], new Set([2, 3]))),
    ...(variableRows.length === 0 ? [] : ['']),
    ...indented(variableRows.length === 0 ? [] : aligned([[...head, ''], ...variableRows], new Set([2, 3]))),
  ];
}

const unmatchedTexts = {
  equal: 'equal',
  'other-shape': 'other shape',
  'only-first': 'only in the first',
  'only-second': 'only in the second',
} as const;
