import * as vscode from 'vscode';
import type { TrainConfig } from '../../src/protocol/trainConfig';

/** What a loss head is called in a list, and what it does. */
export function headWords(head: TrainConfig['head']): { label: string; detail: string } {
  switch (head) {
    case 'softmax':
      return {
        label: vscode.l10n.t("Softmax – the reference's"),
        detail: vscode.l10n.t('Tells the people of the dataset apart, and asks for nothing more'),
      };
    case 'cosface':
      return {
        label: vscode.l10n.t('CosFace – a margin between the cosines'),
        detail: vscode.l10n.t('People end up apart by a margin, the same at every angle (AM-Softmax)'),
      };
    case 'arcface':
      return {
        label: vscode.l10n.t('ArcFace – a margin between the angles'),
        detail: vscode.l10n.t('People end up apart by a margin that is an angle'),
      };
    case 'combined':
      return {
        label: vscode.l10n.t('Combined – margins between angles and cosines'),
        detail: vscode.l10n.t('A gentler ArcFace and a gentler CosFace in one'),
      };
    case 'adaface':
      return {
        label: vscode.l10n.t('AdaFace – a margin by the quality of the image'),
        detail: vscode.l10n.t('Poor images are pressed less than good ones'),
      };
    case 'subcenter':
      return {
        label: vscode.l10n.t('Sub-centre ArcFace – several centres for each person'),
        detail: vscode.l10n.t('For datasets with wrong faces among the right ones'),
      };
    case 'triplet':
      return {
        label: vscode.l10n.t('Triplets – distances between images'),
        detail: vscode.l10n.t('Without a classifier'),
      };
  }
}
