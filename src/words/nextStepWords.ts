// The steps that may follow a verdict, as buttons name them.
import * as l10n from '@vscode/l10n';
import type { NextStep } from '../protocol/verdict';

export function nextStepLabel(step: NextStep): string {
  switch (step) {
    case 'tryOnPhotographs':
      return l10n.t('Try It on Photographs…');
    case 'export':
      return l10n.t('Export Model…');
    case 'trainLonger':
      return l10n.t('Train Longer…');
    case 'trainAgain':
      return l10n.t('Train Again…');
    case 'harderPairs':
      return l10n.t('Harder Pairs…');
    case 'validate':
      return l10n.t('Validate…');
  }
}

/** What the step does, in one line. */
export function nextStepHint(step: NextStep): string {
  switch (step) {
    case 'tryOnPhotographs':
      return l10n.t('Let the model name the people in photographs');
    case 'export':
      return l10n.t('Write the model as one file for other programs');
    case 'trainLonger':
      return l10n.t('Fine-tune the best checkpoint further');
    case 'trainAgain':
      return l10n.t('Begin again with other settings, such as a lower rate or a later first stage');
    case 'harderPairs':
      return l10n.t('Draw other or more pairs of people outside the training');
    case 'validate':
      return l10n.t('Measure the model on pairs of images');
  }
}
