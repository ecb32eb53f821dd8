/** Command identifiers, as in package.json (held by a test). */
export const commandIds = {
  addDataset: 'facenet.addDataset',
  removeDataset: 'facenet.removeDataset',
  checkDataset: 'facenet.checkDataset',
  showGallery: 'facenet.showGallery',
  cleanDataset: 'facenet.cleanDataset',
  showAlignment: 'facenet.showAlignment',
  excludeImages: 'facenet.excludeImages',
  moveImages: 'facenet.moveImages',
  wrongPerson: 'facenet.wrongPerson',
  undoImages: 'facenet.undoImages',
  erasePerson: 'facenet.erasePerson',
  filterDatasets: 'facenet.filterDatasets',
  showOnlyProblems: 'facenet.showOnlyProblems',
  clearDatasetFilter: 'facenet.clearDatasetFilter',
  openRunFolder: 'facenet.openRunFolder',
  deleteRun: 'facenet.deleteRun',
  showRuns: 'facenet.showRuns',
  attachRun: 'facenet.attachRun',
  detachRun: 'facenet.detachRun',
  compareRuns: 'facenet.compareRuns',
  duplicateRun: 'facenet.duplicateRun',
  renameRun: 'facenet.renameRun',
  noteRun: 'facenet.noteRun',
  tagRuns: 'facenet.tagRuns',
  starRun: 'facenet.starRun',
  unstarRun: 'facenet.unstarRun',
  archiveRun: 'facenet.archiveRun',
  unarchiveRun: 'facenet.unarchiveRun',
  showArchivedRuns: 'facenet.showArchivedRuns',
  hideArchivedRuns: 'facenet.hideArchivedRuns',
  alignDataset: 'facenet.alignDataset',
  addPretrainedModel: 'facenet.addPretrainedModel',
  downloadModel: 'facenet.downloadModel',
  removePretrainedModel: 'facenet.removePretrainedModel',
  fineTune: 'facenet.fineTune',
  startConfiguration: 'facenet.startConfiguration',
  pasteTrainSoftmax: 'facenet.pasteTrainSoftmax',
  trainFromScratch: 'facenet.trainFromScratch',
  stop: 'facenet.stop',
  resume: 'facenet.resume',
  enrolPeople: 'facenet.enrolPeople',
  recognize: 'facenet.recognize',
  compareFaces: 'facenet.compareFaces',
  trainClassifier: 'facenet.trainClassifier',
  classifyFolder: 'facenet.classifyFolder',
  evaluateIdentification: 'facenet.evaluateIdentification',
  validateOnLfw: 'facenet.validateOnLfw',
  showMetrics: 'facenet.showMetrics',
  exportReport: 'facenet.exportReport',
  compareReport: 'facenet.compareReport',
  generatePairs: 'facenet.generatePairs',
  showCheckpoint: 'facenet.showCheckpoint',
  compareCheckpoints: 'facenet.compareCheckpoints',
  restorePlan: 'facenet.restorePlan',
  exportModel: 'facenet.exportModel',
  selfCheck: 'facenet.selfCheck',
  deleteCheckpoint: 'facenet.deleteCheckpoint',
  createDemoWorkspace: 'facenet.createDemoWorkspace',
  doctor: 'facenet.doctor',
  installEngine: 'facenet.installEngine',
  openWalkthrough: 'facenet.openWalkthrough',
  refresh: 'facenet.refresh',
  reveal: 'facenet.reveal',
  showLog: 'facenet.showLog',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** What a click or a key on a row does; no commands of package.json, since nobody else can use them. */
export const rowCommands = {
  openRun: 'facenet.openSelectedRun',
  /** Its argument names the command that gets the selected run. */
  onSelectedRun: 'facenet.onSelectedRun',
} as const;

export const viewIds = {
  datasets: 'facenet.datasets',
  checkpoints: 'facenet.checkpoints',
  runs: 'facenet.runs',
} as const;

/** Context keys that `when` and `enablement` clauses of package.json ask for. */
export const contextKeys = {
  hasActiveJob: 'facenet.hasActiveJob',
  hasRuns: 'facenet.hasRuns',
  datasetsFiltered: 'facenet.datasetsFiltered',
  archivedRunsShown: 'facenet.archivedRunsShown',
} as const;

/** Values of `contextValue` that menus of package.json match. */
export const nodeKinds = {
  dataset: 'dataset',
  addedDataset: 'dataset.added',
  facesDataset: 'dataset.faces',
  addedFacesDataset: 'dataset.added.faces',
  person: 'person',
  image: 'image',
  unusableImage: 'image.unusable',
  starter: 'model.starter',
  model: 'model',
  addedModel: 'model.added',
  runCheckpoints: 'runCheckpoints',
  checkpoint: 'checkpoint',
  /** Of a run that lies outside of the workspace. */
  attachedCheckpoint: 'checkpoint.attached',
  gallery: 'gallery',
  classifier: 'classifier',
  stage: 'stage',
  variable: 'variable',
  activeRun: 'run.active',
  resumableRun: 'run.resumable',
  run: 'run',
  /** Of these and the two above: what a person says of a run is added to its kind. */
  starredRun: 'run.starred',
  archivedRun: 'run.archived',
  /** One that lies elsewhere. */
  attachedRun: 'run.attached',
  /** One that lies elsewhere, of which nothing can be shown. */
  absentRun: 'absentRun',
} as const;
