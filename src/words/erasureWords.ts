// What the erasure of a person does and leaves, in the same words in the terminal and in the window.
import * as l10n from '@vscode/l10n';
import type { ErasurePlan, ErasureStep, NotRefit, TrainedCheckpoint } from '../protocol/erasure';

/** What a step is about to do, or has done, to the place that it names: `…/Ada_Lovelace: 12 images, to the trash`. */
export function erasureStepInWords(step: ErasureStep, place: string): string {
  switch (step.kind) {
    case 'gallery':
      return l10n.t('{0}: enrolled faces, {1} removed', place, step.faces);
    case 'classifier':
      return step.refit === undefined
        ? l10n.t('{0}: the classifier is put away; {1}', place, whyNotRefit(step.away ?? 'unrecorded'))
        : l10n.t(
            '{0}: the classifier is put away, and a new one trained on the {1} others in its place',
            place,
            step.refit.people,
          );
    case 'activations':
      return l10n.t('{0}: kept activations, {1} removed', place, step.rows);
    case 'index':
      return l10n.t('{0}: written anew without them', place);
    case 'lines':
      return l10n.t('{0}: lines about their photographs, {1} removed', place, step.lines);
    case 'folder':
      return step.link === undefined
        ? l10n.t('{0}: images, {1} put away', place, step.images)
        : l10n.t('{0}: the link is put away; what it points to ({1}) stays', place, step.link);
  }
}

function whyNotRefit(why: NotRefit): string {
  switch (why) {
    case 'unrecorded':
      return l10n.t('it does not say on what it was trained: train a new one without them');
    case 'faces':
      return l10n.t('the faces that it was trained on are gone');
    case 'model':
      return l10n.t('the model that it was trained with is gone or another one: train a new one without them');
    case 'people':
      return l10n.t('fewer than two people would be left, and a classifier tells people apart');
    case 'failed':
      return l10n.t('a new one could not be trained without them: train it when their faces can be read');
  }
}

/** `Step 120 of people-20` and how it knows them. */
function trainedCheckpointInWords({ run, through }: TrainedCheckpoint, place: string): string {
  return through === undefined
    ? l10n.t('{0} (of {1}, trained with them)', place, run)
    : l10n.t('{0} (of {1}, which began with a checkpoint of {2})', place, run, through);
}

/** Headings above the lists of what is not changed; empty lists are left out. */
export function erasureRemainders(
  plan: ErasurePlan,
  placeOf: (path: string) => string,
): { heading: string; lines: string[] }[] {
  const { checkpoints, naming } = plan;
  return [
    {
      heading: l10n.t('Checkpoints that have learned from them stay; only training anew without them changes that:'),
      lines: checkpoints.map((checkpoint) => trainedCheckpointInWords(checkpoint, placeOf(checkpoint.prefix))),
    },
    {
      heading: l10n.t('Records, reports and lists of pairs that name them stay as they are:'),
      lines: naming.map(placeOf),
    },
  ].filter(({ lines }) => lines.length > 0);
}
