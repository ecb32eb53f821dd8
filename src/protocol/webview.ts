import type { Comparison, ShownModel, ShownPlan, VariableStatistics } from './checkpoint';
import type { LfwReport } from './lfwReport';
import type { RunEvent } from './events';
import type { RunRecord } from './run';
import type { OverlayRun, SeriesSnapshot } from './runSeries';

/** Messages from the extension host to a page. A hydrate is always a complete snapshot; appends are deltas. */
export type ToPage =
  | { type: 'hydrateRun'; run: RunRecord; series: SeriesSnapshot }
  | { type: 'appendEvents'; events: RunEvent[] }
  | { type: 'updateRun'; run: RunRecord }
  | {
      type: 'hydrateLfw';
      report: LfwReport;
      baseline?: LfwReport;
      title: string;
      /** Address of the folder of the pictures; absent where there is none. */
      imageBase?: string;
      /** Says that the folder of the pictures is not there any more. */
      missing?: string;
      /** Report that the user compares with, null for none; absent: the first evaluation of the same run. */
      chosenBaseline?: string | null;
    }
  /** The other runs that are drawn beside this one, all of them. */
  | { type: 'overlays'; runs: OverlayRun[] }
  | {
      type: 'hydrateCheckpoint';
      model: ShownModel;
      /** Absent while the values are being read. */
      statistics?: VariableStatistics[];
      comparison?: Comparison;
      plan?: ShownPlan;
    }
  /** `images` are `<person>/<image>` below `base`; `left` more are not sent. */
  | { type: 'hydrateGallery'; title: string; base: string; images: GalleryImage[]; left: number }
  | { type: 'failed'; message: string };

/** Messages from a page to the extension host. */
export type FromPage =
  | { type: 'ready' }
  | { type: 'stopRun' }
  | { type: 'resumeRun' }
  | { type: 'openReport'; report: string }
  /** Draw these runs beside this one, by folder; `choose` lets the user change the choice first. */
  | { type: 'overlayRuns'; folders: string[]; choose: boolean }
  /** `range` of steps that is visible, where it is not all of them. */
  | { type: 'exportCsv'; range?: [number, number] }
  | { type: 'exportPng'; png: Uint8Array }
  /** `threshold` decides which pairs the exported page names as wrong. */
  | { type: 'exportReport'; format: 'html' | 'json'; threshold: number }
  /** The user wants another report, or none, as what was before. */
  | { type: 'chooseBaseline' }
  /** A picture of a pair, by its path in the report. */
  | { type: 'openPicture'; path: string }
  /** The host asks with what, then sends a new snapshot. */
  | { type: 'askCheckpoint'; what: 'comparison' | 'plan' }
  /** `path` as in the hydrate. */
  | { type: 'openImage' | 'revealImage'; path: string }
  | { type: 'revealFolder' };

/** One picture of the gallery and what is wrong with it, reason and action. */
export interface GalleryImage {
  path: string;
  problem?: string;
}

/** Which page a webview shows; written into the document's body as data-page. */
export type PageName = 'run' | 'lfw' | 'checkpoint' | 'gallery';
