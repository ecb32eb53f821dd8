import type { AlignmentEntry, BoxCorners } from './alignmentLog';
import type { ClassificationReport } from './classificationReport';
import type { Comparison, ShownModel, ShownPlan, VariableStatistics } from './checkpoint';
import type { IdentificationReport } from './identificationReport';
import type { LineageStep } from './lineage';
import type { LfwReport } from './lfwReport';
import type { RunEvent } from './events';
import type { FaceComparison } from './faceComparison';
import type { PeopleResult } from './peopleResult';
import type { RecognizedFace } from './recognition';
import type { RunRecord } from './run';
import type { DifferingSetting, RunRow } from './runRow';
import type { OverlayRun, SeriesSnapshot } from './runSeries';
import type { ThumbnailLine } from './thumbnail';
import type { NextStep, Verdict } from './verdict';

/** The pages there are: what each is told and what it asks for. */
export interface Pages {
  run: { to: ToRunPage; from: FromRunPage };
  lfw: { to: ToLfwPage; from: FromLfwPage };
  checkpoint: { to: ToCheckpointPage; from: FromCheckpointPage };
  gallery: { to: ToGalleryPage; from: FromGalleryPage };
  runs: { to: ToRunsPage; from: FromRunsPage };
  alignment: { to: ToAlignmentPage; from: FromAlignmentPage };
  recognize: { to: ToRecognizePage; from: FromRecognizePage };
  compare: { to: HydrateCompare; from: FromComparePage };
  identification: { to: HydrateIdentification; from: FromIdentificationPage };
  classification: { to: HydrateClassification; from: FromClassificationPage };
}

/** Which page a webview shows; written into the document's body as data-page. */
export type PageName = keyof Pages;

/** Everything that this page, or any, may be told. */
export type ToPage<Name extends PageName = PageName> = Pages[Name]['to'] | ToAnyPage;

/** Everything that this page, or any, may ask for. */
export type FromPage<Name extends PageName = PageName> = Pages[Name]['from'] | FromAnyPage;

// What the extension host tells each page. A hydrate is always a complete snapshot; the others are deltas.

export type ToRunPage =
  /** `name`: what the run is called, where that is not its title. */
  | { type: 'hydrateRun'; run: RunRecord; name?: string; series: SeriesSnapshot }
  | { type: 'appendEvents'; events: RunEvent[] }
  | { type: 'updateRun'; run: RunRecord; name?: string }
  /** How the images held out were named at the end of the last phase, by person. */
  | { type: 'people'; result: PeopleResult }
  /** Steps whose checkpoints are there, ascending: older ones make room, and people delete some. */
  | { type: 'keptCheckpoints'; steps: number[] }
  /** The other runs that are drawn beside this one, all of them. */
  | { type: 'overlays'; runs: OverlayRun[] };

export type ToLfwPage =
  | HydrateLfw
  /** Addresses of the photographs that the faces of a pair were cut out of, by their paths in the report; absent where unknown. */
  | { type: 'photographs'; a: string; b: string; addresses: [string | undefined, string | undefined] };

export interface HydrateLfw {
  type: 'hydrateLfw';
  report: LfwReport;
  baseline?: LfwReport;
  /** Of the report against the baseline. */
  verdict?: Verdict;
  title: string;
  /** Address of the folder of the pictures; absent where there is none. */
  imageBase?: string;
  /** Says that the folder of the pictures is not there any more. */
  missing?: string;
  /** Says that the report that was chosen to compare with cannot be read any more. */
  lost?: string;
}

export interface ToCheckpointPage {
  type: 'hydrateCheckpoint';
  model: ShownModel;
  /** Absent while the values are being read. */
  statistics?: VariableStatistics[];
  comparison?: Comparison;
  plan?: ShownPlan;
  /** What of an earlier look is just coming back, and what cannot come back any more. */
  notes?: string[];
}

export interface HydrateGallery {
  type: 'hydrateGallery';
  title: string;
  /** Address that the paths of the images continue. */
  base: string;
  images: GalleryImage[];
  /** So many more people, and images of those who are shown, are not sent. */
  peopleLeft: number;
  imagesLeft: number;
  /** False where images may come and go in people's folders without the host hearing of it. */
  watched: boolean;
}

export type ToGalleryPage =
  | HydrateGallery
  /** Some of those that were wanted, as they are made. */
  | { type: 'thumbnails'; made: MadeThumbnail[] };

export type ToRunsPage =
  /** All runs of the workspace, newest first. */
  | { type: 'hydrateRuns'; rows: RunRow[] }
  /** Runs that are to be shown beside each other, with the settings in which they differ. */
  | { type: 'comparison'; folders: string[]; settings: DifferingSetting[] };
export interface HydrateAlignment {
  type: 'hydrateAlignment';
  title: string;
  /** Folders as they are shown. */
  photographs: string;
  faces: string;
  recipe: {
    detector: string;
    alignment: 'box' | 'landmarks';
    imageSize: number;
    margin: number;
    upright: boolean;
    /** All faces of a photograph are cut out, each under its number, and not the one that it is about. */
    several?: true;
  };
  /** Photographs that there are, and crops; absent while they are being counted or where they cannot be. */
  counts?: { photographs: number; faces: number };
  /** What is worth a look. */
  images: AlignedPhotograph[];
  /** So many more are not sent. */
  left: number;
  /** False where the folder says nothing of its photographs: an older version has made it. */
  isLogged: boolean;
  /** Addresses that the paths of photographs and crops continue; absent where these may not be shown. */
  bases?: { photographs: string; faces: string };
}

export type AlignedPhotograph = AlignmentEntry & {
  /** The host makes a small picture of it. */
  thumbnail?: true;
};

export type ToAlignmentPage =
  | HydrateAlignment
  | { type: 'thumbnails'; made: MadeThumbnail[] }
  /** A face was cut out again, or why it could not be. */
  | { type: 'corrected'; entry: AlignmentEntry }
  | { type: 'notCorrected'; image: string; problem: string };

/** A photograph whose faces are, or are to be, named. */
export interface ShownPhotograph {
  /** Absolute; what the page calls it. */
  path: string;
  /** As it is shown. */
  name: string;
  /** Of the file itself; absent where the host makes a picture of it. */
  address?: string;
  /** Absent until it has been looked at. */
  found?: { size: [number, number]; faces: RecognizedFace[] } | { problem: string };
}

export interface HydrateRecognize {
  type: 'hydrateRecognize';
  /** Absent where none is chosen yet. */
  gallery?: {
    name: string;
    people: number;
    pictures: number;
    /** The model whose embeddings it holds. */
    model: string;
    /** Similarity below which a face is unknown, as it was chosen for the model; absent where it was not. */
    threshold?: number;
  };
  photographs: ShownPhotograph[];
  /** What does not fit, one sentence each. */
  notes: string[];
  /** How far the looking is; absent where it is through. */
  work?: { done: number; total: number };
}

export type ToRecognizePage =
  | HydrateRecognize
  /** One was looked at. */
  | { type: 'recognized'; photograph: ShownPhotograph; work?: { done: number; total: number } }
  | { type: 'thumbnails'; made: MadeThumbnail[] };

/** Photographs whose faces are, or are to be, held against each other. */
export interface HydrateCompare {
  type: 'hydrateCompare';
  /** What the model is called. */
  model: string;
  /** Those in which a face was found, while none was looked for all of them. */
  photographs: ComparedPhotograph[];
  /** Absent until the faces have been compared. */
  result?: Pick<FaceComparison, 'distances' | 'threshold' | 'confidence'>;
  /** What does not fit, one sentence each. */
  notes: string[];
  working: boolean;
}

export interface ComparedPhotograph {
  /** Absolute; what the page calls it. */
  path: string;
  /** As it is shown. */
  name: string;
  /** The face as the model got it, a `data:` address. */
  crop?: string;
}

/** What a classifier has said to the faces of a folder. */
export interface HydrateClassification {
  type: 'hydrateClassification';
  title: string;
  report: ClassificationReport;
  /** Address of the folder of the faces; absent where these are not shown. */
  imageBase?: string;
  /** Says why not. */
  missing?: string;
}

/** Whether enrolled people are found, and strangers refused. */
export interface HydrateIdentification {
  type: 'hydrateIdentification';
  title: string;
  report: IdentificationReport;
}

/** Any page may be told these too. */
type ToAnyPage =
  /** What it is about, with what was chosen; kept as the host's part of its saved state. */
  | { type: 'about'; about: object }
  /** Where it comes from; comes after the hydrate. */
  | { type: 'lineage'; steps: LineageStep[] }
  /** Shown above everything else. */
  | { type: 'failed'; message: string };

// What each page asks the extension host for.

/** The user wants to do what was offered below the verdict. */
interface TakeStep {
  type: 'takeStep';
  step: NextStep;
}

interface RevealFolder {
  type: 'revealFolder';
}

export type FromRunPage =
  | { type: 'stopRun' }
  /** `slower`: from the best checkpoint, with a tenth of the rate. */
  | { type: 'resumeRun'; slower?: true }
  | { type: 'openReport'; report: string }
  | TakeStep
  /** Draw these runs beside this one, by folder; `choose` lets the user change the choice first. */
  | { type: 'overlayRuns'; folders: string[]; choose: boolean }
  /** `range` of steps that is visible, where it is not all of them. */
  | { type: 'exportCsv'; range?: [number, number] }
  | { type: 'exportPng'; png: Uint8Array }
  | RevealFolder;

export type FromLfwPage =
  /** `threshold` decides which pairs the exported page names as wrong. */
  | { type: 'exportReport'; format: 'html' | 'json'; threshold: number }
  /** The user wants another report, or none, as what was before. */
  | { type: 'chooseBaseline' }
  /** A picture of a pair, by its path in the report. */
  | { type: 'openPicture' | 'openPhotograph'; path: string }
  /** A pair is shown large: where are its photographs? */
  | { type: 'wantPhotographs'; a: string; b: string }
  /** A picture shows somebody else than it is said to, or is of no use. */
  | { type: 'wrongLabel' | 'excludeImage'; path: string }
  | TakeStep
  | RevealFolder;

export type FromCheckpointPage =
  /** The host asks with what, then sends a new snapshot. */
  { type: 'askCheckpoint'; what: 'comparison' | 'plan' } | RevealFolder;

/** Paths are as in the hydrate. */
export type FromGalleryPage =
  | { type: 'openImage' | 'revealImage'; path: string }
  /** All pictures in sight that the host has to make and has not sent yet; what was wanted before is not any more. */
  | { type: 'wantThumbnails'; paths: string[] }
  /** Read the folders again. */
  | { type: 'refreshGallery' }
  /** These are chosen now: the menu of the page is about them. */
  | { type: 'selectImages'; paths: string[] }
  | { type: 'imageAction'; action: ImageAction; paths: string[] }
  /** Move back what was moved last. */
  | { type: 'undoImages' };

/** What is done with images: taken out of the dataset, given to somebody else, or said to show the wrong person. */
export type ImageAction = 'exclude' | 'move' | 'wrongPerson';

/** What is to be done with runs: looked at, described, compared, or moved to the trash after a question. */
export type RunsAction =
  | 'open'
  | 'compare'
  | 'draw'
  | 'rename'
  | 'note'
  | 'tag'
  | 'star'
  | 'unstar'
  | 'archive'
  | 'unarchive'
  | 'duplicate'
  | 'delete';

/** The runs are named by their folders, as in the hydrate. */
export interface FromRunsPage {
  type: 'onRuns';
  what: RunsAction;
  folders: string[];
}
/** Photographs are named as in the hydrate. */
export type FromAlignmentPage =
  | { type: 'openImage'; path: string }
  | { type: 'wantThumbnails'; paths: string[] }
  /** Cut face number `face` of a photograph out with this box, in its pixels. */
  | { type: 'correctFace'; path: string; face: number; box: BoxCorners }
  | { type: 'showFaces' | 'fineTune' };

export type FromRecognizePage =
  /** The host asks which. */
  | { type: 'openPhotographs' | 'openFolder' | 'chooseGallery' }
  /** Addresses of files and folders that were dropped, a line each. */
  | { type: 'dropped'; uris: string }
  /** A photograph or a picture of somebody enrolled, by its path. */
  | { type: 'openImage'; path: string }
  | { type: 'wantThumbnails'; paths: string[] };

export type FromComparePage =
  /** The host asks which. */
  | { type: 'addPhotographs' | 'chooseModel' }
  /** Measure the model, which says from when on two faces are one person. */
  | { type: 'measureModel' }
  /** Addresses of files that were dropped, a line each. */
  | { type: 'dropped'; uris: string }
  /** A photograph by its path. */
  | { type: 'openImage'; path: string };

/** A face, by its file in the report. */
export interface FromClassificationPage {
  type: 'openImage';
  path: string;
}

export type FromIdentificationPage = RevealFolder | { type: 'exportIdentification'; format: 'html' | 'json' };

/** Any page asks for these too. */
type FromAnyPage =
  /** It has been loaded and waits for its hydrate. */
  | { type: 'ready' }
  /** One of the steps of its lineage is to be shown, by its index. */
  | { type: 'followLineage'; index: number }
  /** What it has saved, some time after that has changed. */
  | { type: 'view'; view: Record<string, unknown> };

/** One picture of the gallery and what is wrong with it, reason and action. */
export interface GalleryImage {
  /** `<person>/<image>`. */
  path: string;
  problem?: string;
  /** The host makes a small picture of it: the file is large, or of a kind that browsers do not show. */
  thumbnail?: true;
}

/** A picture by its path in the gallery. */
export type MadeThumbnail = ThumbnailLine;
