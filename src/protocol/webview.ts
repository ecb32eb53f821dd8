import type { LfwReport } from './lfwReport';
import type { RunEvent } from './events';
import type { RunRecord } from './run';

/** Messages from the extension host to a page. A hydrate is always a complete snapshot; appends are deltas. */
export type ToPage =
  | { type: 'hydrateRun'; run: RunRecord; events: RunEvent[] }
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
  | { type: 'failed'; message: string };

/** Messages from a page to the extension host. */
export type FromPage =
  | { type: 'ready' }
  | { type: 'stopRun' }
  | { type: 'resumeRun' }
  | { type: 'openReport'; report: string }
  /** `threshold` decides which pairs the exported page names as wrong. */
  | { type: 'exportReport'; format: 'html' | 'json'; threshold: number }
  /** The user wants another report, or none, as what was before. */
  | { type: 'chooseBaseline' }
  /** A picture of a pair, by its path in the report. */
  | { type: 'openPicture'; path: string }
  | { type: 'revealFolder' };

/** Which page a webview shows; written into the document's body as data-page. */
export type PageName = 'run' | 'lfw';
