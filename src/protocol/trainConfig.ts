// Everything that decides a training run: the rows of src/protocol/settings, put together.
import { z } from 'zod';
import { headSettings } from './settings/headSettings';
import { imageSettings } from './settings/imageSettings';
import { modelSettings } from './settings/modelSettings';
import { runSettings } from './settings/runSettings';
import { samplerSettings } from './settings/samplerSettings';
import { shapeOf } from './settings/setting';
import { softmaxSettings } from './settings/softmaxSettings';
import { stepSettings } from './settings/stepSettings';
import { trainingSetSettings } from './settings/trainingSetSettings';
import { tripletSettings } from './settings/tripletSettings';

export { lfwConfigSchema, type LfwConfig } from './settings/lfwSettings';
export { phaseSchema, type OptimizerName, type Phase, type RateSchedule } from './settings/phaseSettings';
export { enginePreferenceSchema, type EnginePreference, type Precision } from './settings/runSettings';

/** The settings in the order in which configurations and run.json have them. */
export const trainSettings = {
  ...modelSettings,
  ...stepSettings,
  ...headSettings,
  ...softmaxSettings,
  ...tripletSettings,
  ...imageSettings,
  ...trainingSetSettings,
  ...samplerSettings,
  ...runSettings,
};

/** Saved in run.json; the Fine-Tune wizard, the configuration files and the flags all produce it. */
export const trainConfigSchema = z.object(shapeOf(trainSettings));
export type TrainConfig = z.infer<typeof trainConfigSchema>;
