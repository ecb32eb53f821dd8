import { basename } from 'node:path';
import * as vscode from 'vscode';
import { trainRequestSchema, type TrainRequest } from '../../src/protocol/job';
import { UserError } from '../../src/protocol/errors';
import type { EnginePreference } from '../../src/protocol/trainConfig';
import {
  configOfRecipe,
  recipeNamed,
  type TrainingRecipe,
  trainingRecipes,
} from '../../src/train/settings/trainingRecipes';
import { counted } from '../counts';
import { commandIds } from '../identifiers';
import { askInOrder, next, pickInStep, type Question } from '../inputs/steps';
import { optionsOf, pathOf } from '../inputs/targets';
import { parseRequest, rootFor } from '../jobs/jobRequests';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { type LfwChoice, measuredRates } from './choice';
import { deviceFor, lookForEngine } from './engineFound';
import { dataQuestion } from './dataQuestion';
import { lfwQuestion, trainableDataset } from './questions';
import { timeInWords } from './summary';
import { indexesFor } from '../jobs/datasetIndexes';

/** What Train from Scratch may be called with; whatever is missing is asked. */
export interface FromScratchOptions {
  dataDir: string;
  recipe: TrainingRecipe['name'];
  /** null: no validation on pairs. */
  lfw: LfwChoice | null;
}

interface ScratchChoice {
  dataDir?: string;
  recipe?: TrainingRecipe;
  lfw?: LfwChoice | null;
  engine: EnginePreference;
}

/**
 * Writes a recipe of the reference as a run configuration on one's own folder and opens it. A file that is there is never
 * touched.
 */
export async function trainFromScratch(
  services: Services,
  argument?: unknown,
): Promise<{ configuration: string } | undefined> {
  const given = { ...optionsOf<FromScratchOptions>(argument), dataDir: pathOf(argument, 'dataDir', 'path') };
  if (given.dataDir !== undefined) await trainableDataset(expand(given.dataDir));
  const choice: ScratchChoice = {
    engine: vscode.workspace.getConfiguration('facenet').get<EnginePreference>('engine', 'auto'),
    ...(given.dataDir !== undefined && { dataDir: given.dataDir }),
    ...(given.recipe !== undefined && { recipe: knownRecipe(given.recipe) }),
    ...(given.lfw !== undefined && { lfw: given.lfw }),
  };
  const questions = [
    ...(choice.dataDir === undefined ? [dataQuestion({ services, choice })] : []),
    ...(choice.recipe === undefined ? [recipeQuestion(services, choice)] : []),
    ...(choice.lfw === undefined ? [lfwQuestion({ services, choice })] : []),
  ];
  if (!(await askInOrder(vscode.l10n.t('Train from Scratch'), questions))) return undefined;
  return { configuration: await writeRecipe(services, choice) };
}

function knownRecipe(name: string): TrainingRecipe {
  const recipe = recipeNamed(name);
  if (recipe !== undefined) return recipe;
  throw new UserError(
    vscode.l10n.t('There is no recipe "{0}".', name),
    vscode.l10n.t('Choose one of {0}.', trainingRecipes.map((known) => known.name).join(', ')),
  );
}

/** @throws UserError for a wrong option */
function requestOf(recipe: TrainingRecipe, { dataDir, lfw, engine }: ScratchChoice): TrainRequest {
  const pairs = lfw && { lfw: { dir: expand(lfw.dir), pairs: expand(lfw.pairs) } };
  const config = { ...configOfRecipe(recipe, { dataDir: expand(dataDir!), ...pairs }), engine };
  return parseRequest(trainRequestSchema, { kind: 'train', config }, vscode.l10n.t('Train from Scratch'));
}

/** Asks for the recipe; each is told with the time that it takes here on the chosen folder. */
function recipeQuestion(services: Services, choice: ScratchChoice): Question {
  return {
    name: 'recipe',
    async ask(title) {
      const rows = (async () => {
        const { previewTraining } = await import('../../src/train/plan/estimate');
        const found = await lookForEngine(services.commandLine);
        const rates = await measuredRates(services.runs).catch(() => undefined);
        return Promise.all(
          trainingRecipes.map(async (recipe) => {
            const { config } = requestOf(recipe, { ...choice, lfw: null });
            const { time, tooLarge } = await previewTraining(config, deviceFor(choice.engine, found), rates, {
              index: await indexesFor(config.dataDir),
            });
            const { dataset, people, images, model } = recipe;
            const facts = [
              timeInWords(time),
              ...(tooLarge ? [vscode.l10n.t('with TensorFlow or a smaller batch')] : []),
            ];
            const detail = vscode.l10n.t(
              'Made {0} of {1} of {2}',
              model,
              counted.images(images),
              counted.people(people),
            );
            return { label: dataset, description: facts.join(' · '), detail, value: recipe };
          }),
        );
      })();
      const placeHolder = vscode.l10n.t(
        'Recipe of a published model; fewer than thousands of people learn better by Fine-Tune',
      );
      const recipe = await pickInStep(title, placeHolder, rows, choice.recipe);
      if (recipe === undefined) return undefined;
      choice.recipe = recipe;
      return next;
    },
  };
}

async function writeRecipe({ notices }: Services, choice: ScratchChoice): Promise<string> {
  const recipe = choice.recipe!;
  const { config } = requestOf(recipe, choice);
  const root = rootFor(config.dataDir, config.dataDir);
  const { configurationText, saveConfiguration } = await import('../../src/train/settings/configurationFile');
  const title = vscode.l10n.t('{0} on {1}', recipe.dataset, basename(config.dataDir));
  const notes = [
    vscode.l10n.t('How the reference trained {0} on {1}.', recipe.model, recipe.dataset),
    vscode.l10n.t('Its faces had 182 pixels with a margin of 44; of them 160 are taken.'),
  ];
  const configuration = await saveConfiguration(root, title, configurationText(config, { root, title, notes }));
  await vscode.window.showTextDocument(vscode.Uri.file(configuration), { preview: false });
  notices.information(vscode.l10n.t('The recipe is a run configuration on your folder now.'), {
    title: vscode.l10n.t('Start'),
    run: () => vscode.commands.executeCommand(commandIds.startConfiguration, configuration),
  });
  return configuration;
}
