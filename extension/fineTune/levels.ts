// How thoroughly is fine-tuned: three levels for a dataset of a size, in plain words.
import * as vscode from 'vscode';
import type { Phase } from '../../src/protocol/trainConfig';
import type { TrainingDevice } from '../../src/train/plan/trainingDevice';
import { type Preset, recommendedPreset } from './presets';

export interface Level {
  id: 'recommended' | 'quick' | 'thorough';
  preset: Preset['id'];
  /** Of the preset's epochs. */
  epochs: number;
}

/** The levels for a dataset, the recommended one first. */
export function levelsFor(size: { people: number; images: number }, device: TrainingDevice): Level[] {
  const { id } = recommendedPreset(size, device);
  const recommended: Level = { id: 'recommended', preset: id, epochs: 1 };
  switch (id) {
    case 'classifier':
      return [
        recommended,
        { id: 'quick', preset: 'classifier', epochs: 0.2 },
        { id: 'thorough', preset: 'classifierThenLastBlock', epochs: 1 },
      ];
    case 'classifierThenLastBlock':
      return [
        recommended,
        { id: 'quick', preset: 'classifier', epochs: 1 },
        { id: 'thorough', preset: 'gradual', epochs: 1 },
      ];
    case 'gradual':
      return [
        recommended,
        { id: 'quick', preset: 'classifierThenLastBlock', epochs: 1 },
        { id: 'thorough', preset: 'gradual', epochs: 2 },
      ];
  }
}

/** The phases of a level's preset with the level's part of their epochs. */
export function phasesOfLevel({ epochs: part }: Pick<Level, 'epochs'>, phases: readonly Phase[]): Phase[] {
  return phases.map((phase) => ({ ...phase, epochs: Math.max(1, Math.round(part * phase.epochs)) }));
}

export function levelName(id: Level['id']): string {
  switch (id) {
    case 'recommended':
      return vscode.l10n.t('Recommended');
    case 'quick':
      return vscode.l10n.t('Quick');
    case 'thorough':
      return vscode.l10n.t('Thorough');
  }
}

/** What a level does, in one line that a window of 900 pixels has room for. */
export function levelWords({ id, preset }: Level): string {
  switch (preset) {
    case 'classifier':
      return id === 'recommended'
        ? vscode.l10n.t('Learns to name your people; with so few images no more than that')
        : vscode.l10n.t('Learns to name your people; the network stays as it is');
    case 'classifierThenLastBlock':
      return vscode.l10n.t('Learns to name your people, then adapts the last block to them');
    case 'gradual':
      return vscode.l10n.t('Learns names, adapts the last block, in the end the whole network');
  }
}
