import * as vscode from 'vscode';
import type { Preset } from './presets';

/** What a way of fine-tuning is called in a list, and whom it suits. */
export function presetWords(id: Preset['id']): { label: string; detail: string } {
  switch (id) {
    case 'classifierThenLastBlock':
      return {
        label: vscode.l10n.t('Classifier, then the last block'),
        detail: vscode.l10n.t('A new classifier on the frozen network, then gently from the last block on'),
      };
    case 'classifier':
      return {
        label: vscode.l10n.t('Classifier only'),
        detail: vscode.l10n.t('The network and its LFW result stay as they are; seconds to minutes'),
      };
    case 'gradual':
      return {
        label: vscode.l10n.t('Classifier, last block, then the whole network'),
        detail: vscode.l10n.t('For hundreds of people and a GPU: in the end everything is trained'),
      };
  }
}
