// The verdict on top of a page: the sentence, what it rests on, and what can be done next.
import * as l10n from '@vscode/l10n';
import { nextSteps } from '../src/evaluate/nextSteps';
import type { NextStep, Verdict } from '../src/protocol/verdict';
import { nextStepHint, nextStepLabel } from '../src/words/nextStepWords';
import { verdictDetails, verdictSentence } from '../src/words/verdictWords';
import { element, fill } from './element';
import { button } from './ui';

export interface ShownVerdict {
  /** Absent where there is none; `why` then says why. */
  verdict?: Verdict;
  why?: string;
  /** Whether the training goes on, so that another verdict may follow and nothing is offered yet. */
  goesOn?: boolean;
}

/** A section that is hidden until there is something to say. */
export class VerdictCard {
  readonly element = element('section', { class: 'verdict', 'aria-label': l10n.t('Verdict') });
  private shown = '';

  /** @param take does one of the steps that are offered */
  constructor(private readonly take: (step: NextStep) => void) {
    this.element.hidden = true;
  }

  show({ verdict, why, goesOn = false }: ShownVerdict): void {
    const sentence = verdict === undefined ? why : verdictSentence(verdict);
    this.element.hidden = sentence === undefined;
    // Buttons keep the focus, and a screen reader is not interrupted, where nothing is new.
    const now = JSON.stringify([sentence, verdict, goesOn]);
    if (sentence === undefined || now === this.shown) return;
    this.shown = now;
    this.element.dataset.kind = verdict?.kind ?? 'none';
    fill(
      this.element,
      element(
        'p',
        { class: 'verdict-sentence', role: 'status' },
        element('strong', {}, goesOn ? l10n.t('So far: {0}', sentence) : sentence),
      ),
      ...(verdict === undefined ? [] : verdictDetails(verdict)).map((detail) =>
        element('p', { class: 'verdict-detail' }, detail),
      ),
      !goesOn && element('div', { class: 'verdict-steps' }, ...nextSteps(verdict).map((step) => this.stepButton(step))),
    );
  }

  private stepButton(step: NextStep): HTMLElement {
    return button({ label: nextStepLabel(step), title: nextStepHint(step), onClick: () => this.take(step) });
  }
}
