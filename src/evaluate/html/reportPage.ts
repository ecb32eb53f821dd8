import type { LfwReport, ReportPair } from '../../protocol/lfwReport';
import type { Verdict } from '../../protocol/verdict';
import { percent, percentSpread } from '../../words/rates';
import { claimsWords } from '../../words/rateWords';
import { verdictDetails, verdictSentence } from '../../words/verdictWords';
import { chosenThreshold, operatingPoint, type OperatingPoint, recipeDifferences, wrongPairs } from '../operatingPoint';
import { distanceSvg, foldSvg, rocSvg } from './charts';
import { recipeRows } from '../recipeRows';
import { formatReport } from '../report';
import { isOnLfw, shownModel } from '../reportNames';
import { htmlDocument, list, table } from './document';
import { escapeHtml } from './markup';
import { ratesSection } from './ratesSection';

export interface ReportPageOptions {
  /** What the numbers were before, e.g. the pretrained model's report. */
  baseline?: LfwReport;
  /** Of the report against the baseline. */
  verdict?: Verdict;
  /** Decides which pairs are wrong; default: the mean of the thresholds that the folds chose. */
  threshold?: number;
  /** Pairs shown of each kind of mistake. */
  pairsShown: number;
  /** A data: address for an image of a pair, by its path in the report; undefined where it cannot be had. */
  picture?(path: string): string | undefined;
}

/** The threshold at which an exported report names the wrong pairs, and what it means there. */
export function reportPoint(report: LfwReport, threshold?: number): OperatingPoint {
  return operatingPoint(report, threshold ?? chosenThreshold(report));
}

/**
 * A report as one HTML file that needs nothing else: no script, no address to fetch, its pictures inside. Readable in
 * light and dark, and in print.
 */
export function reportPage(report: LfwReport, options: ReportPageOptions): string {
  const { baseline } = options;
  const point = reportPoint(report, options.threshold);
  const title = `${isOnLfw(report) ? 'LFW' : 'Pairs'}: ${shownModel(report.model)}${report.model.step === undefined ? '' : `, step ${report.model.step}`}`;
  const { falseRejects, falseAccepts } = wrongPairs(report.distances, point.threshold);
  return htmlDocument(
    title,
    `<p class="muted">${report.pairs.used} pairs in ${report.recipe.folds} folds · ${escapeHtml(report.createdAt)}</p>
${verdictSection(options.verdict)}
${figuresTable(report, baseline)}
${claimsSection(report)}
<details><summary>As the reference prints them</summary><pre>${escapeHtml(formatReport(report).join('\n'))}</pre></details>
<h2>At threshold ${point.threshold.toFixed(2)}</h2>
<p>Accuracy ${percent(point.accuracy)}, true accept rate ${percent(point.tpr)}, false accept rate ${percent(point.far)};
${falseRejects.length + falseAccepts.length} of ${report.pairs.used} pairs are judged wrongly.</p>
<div class="charts">
${figure('ROC', baseline === undefined ? 'mean of the folds' : 'now solid, before dashed', rocSvg(report, baseline, point))}
${figure('Distances', 'same person blue, different people orange', distanceSvg(report, point.threshold))}
${figure('Accuracy of the folds', 'mean dashed', foldSvg(report, baseline))}
</div>
${foldTable(report, baseline)}
${recipeTable(report)}
${list('Notes', [...comparability(report, baseline), ...report.notes])}
${pairList('False rejects', 'one person, judged to be two', falseRejects, options)}
${pairList('False accepts', 'two people, judged to be one', falseAccepts, options)}
${skippedList(report)}`,
  );
}

function verdictSection(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '';
  const details = verdictDetails(verdict).map((detail) => `<p class="muted">${escapeHtml(detail)}</p>`);
  const sentence = `<p><strong>${escapeHtml(verdictSentence(verdict))}.</strong></p>`;
  return `<section class="verdict ${verdict.kind}" aria-label="Verdict">${sentence}${details.join('')}</section>`;
}

function figuresTable(report: LfwReport, baseline: LfwReport | undefined): string {
  const spread = (of: LfwReport['accuracy']): string => percentSpread(of.mean, of.std);
  const validation = ({ validation: { rate, std, far } }: LfwReport): string =>
    `${percentSpread(rate, std)} @ FAR ${percent(far)}`;
  const eer = ({ eer: rate, eerNote }: LfwReport): string =>
    rate === undefined ? `– (${eerNote ?? 'not defined'})` : percent(rate);
  const rows: [string, (of: LfwReport) => string][] = [
    ['Accuracy', ({ accuracy }) => spread(accuracy)],
    ['Validation rate', validation],
    ['Area under the curve', ({ auc }) => auc.toFixed(3)],
    ['Equal error rate', eer],
  ];
  const head = ['', 'now', ...(baseline === undefined ? [] : ['before'])];
  return table(
    head,
    rows.map(([name, value]) => [name, value(report), ...(baseline === undefined ? [] : [value(baseline)])]),
  );
}

/** What so many pairs can claim; nothing for a report of an older version. */
function claimsSection({ uncertainty }: LfwReport): string {
  return uncertainty === undefined ? '' : ratesSection(claimsWords(uncertainty), uncertainty.rates);
}

function foldTable({ accuracy }: LfwReport, baseline: LfwReport | undefined): string {
  const before = baseline === undefined ? [] : [baseline.accuracy.perFold];
  const rows = accuracy.perFold.map((value, fold) => [
    String(fold + 1),
    accuracy.thresholds[fold]!.toFixed(2),
    percent(value),
    ...before.map((values) => (values[fold] === undefined ? '–' : percent(values[fold]))),
  ]);
  return `<h2>Folds</h2>${table(['fold', 'threshold', 'accuracy', ...before.map(() => 'before')], rows)}`;
}

/** Says so where the numbers before were measured otherwise. */
function comparability({ recipe }: LfwReport, baseline: LfwReport | undefined): string[] {
  const differences = baseline === undefined ? [] : recipeDifferences(recipe, baseline.recipe);
  if (differences.length === 0) return [];
  return [`The numbers before were measured with another recipe (${differences.join(', ')}); they cannot be compared.`];
}

function recipeTable({ deviations, imagesDir, model, pairs, recipe }: LfwReport): string {
  const subject = table(
    ['Measured on', ''],
    [
      ['Model', model.path],
      ['Images', imagesDir === '' ? 'not known: embeddings were given' : imagesDir],
      ['Pairs', `${pairs.used}: ${pairs.same} same, ${pairs.different} different, ${pairs.skipped.length} skipped`],
      ...recipeRows(recipe),
    ],
  );
  if (deviations === undefined) return subject;
  const compared =
    deviations.length === 0
      ? '<p>Measured as the published numbers were.</p>'
      : table(
          ['Differs from the published evaluation', 'here', 'published'],
          deviations.map(({ item, here, published }) => [item, here, published]),
        );
  return `<h2>Recipe</h2>${subject}${compared}`;
}

function pairList(title: string, meaning: string, pairs: readonly ReportPair[], options: ReportPageOptions): string {
  const shown = pairs.slice(0, options.pairsShown);
  const image = (path: string): string => {
    const address = options.picture?.(path);
    return address === undefined
      ? '<span class="none">no picture</span>'
      : `<img src="${escapeHtml(address)}" alt="${escapeHtml(path)}">`;
  };
  const items = shown.map(
    ({ a, b, distance, fold }) =>
      `<li><div>${image(a)}${image(b)}</div>${escapeHtml(a)}<br>${escapeHtml(b)}<br><b>distance ${distance.toFixed(3)}</b> · fold ${fold + 1}</li>`,
  );
  // Their names and distances are in the page; their pictures would make it too heavy.
  const rest = pairs.slice(shown.length).map(({ a, b, distance, fold }) => {
    const names = `${escapeHtml(a)} · ${escapeHtml(b)}`;
    return `<li>${names} · distance ${distance.toFixed(3)} · fold ${fold + 1}</li>`;
  });
  return [
    `<h2>${title} <small>${meaning}: ${pairs.length}</small></h2>`,
    items.length === 0 ? '<p class="muted">None.</p>' : `<ul class="pairs">${items.join('')}</ul>`,
    rest.length > 0 ? `<details><summary>and ${rest.length} more</summary><ol>${rest.join('')}</ol></details>` : '',
  ].join('');
}

function skippedList({ pairs: { skipped } }: LfwReport): string {
  return list(
    'Pairs that could not be used',
    skipped.map(({ line, reason }) => `${line.replaceAll('\t', ' ')}: ${reason}`),
  );
}

function figure(title: string, note: string, svg: string): string {
  return `<figure><figcaption>${title} <small>${note}</small></figcaption>${svg}</figure>`;
}
