import { basename } from 'node:path';
import * as vscode from 'vscode';
import { shownModel } from '../../src/evaluate/reportNames';
import { type SelfCheck, selfCheckSchema } from '../../src/protocol/selfCheck';
import { distanceText, selfCheckLines, selfCheckProblem } from '../../src/words/selfCheckWords';
import { pickDataset, pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { readAnswer } from '../jobs/commandAnswer';
import { failureOf } from '../jobs/commandLine';
import { withLateProgress } from '../jobs/progressNotification';
import type { Services } from '../services';
import { expand } from '../workspace/library';

/**
 * Tells whether a model has collapsed: what it makes of some aligned faces, mirrored and recompressed. Says it in a
 * sentence, with the figures a click away. Resolves to what was found, or undefined where a question was left.
 */
export async function selfCheck(services: Services, argument?: unknown): Promise<SelfCheck | undefined> {
  const { library, notices, runs, texts } = services;
  const title = vscode.l10n.t('Self-Check');
  const model =
    pathOf(argument, 'model', 'prefix', 'path') ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model to look at')));
  if (model === undefined) return undefined;
  const path = model === 'starter' ? model : expand(model);
  const faces =
    optionsOf<{ dataset: string }>(argument).dataset ??
    (await pickDataset(library, title, vscode.l10n.t('Aligned faces of at least two people'), { first: 'faces' }));
  if (faces === undefined || faces === null) return undefined;
  const { check, said } = await look(services, title, path, expand(faces));
  const name = shownModel({ path, name: basename(path) });
  const show = {
    title: vscode.l10n.t('Show Figures'),
    run: async () => texts.show(`${title}: ${name}`, [...selfCheckLines(check), ...said].join('\n')),
  };
  const problem = selfCheckProblem(check);
  if (problem !== undefined) notices.warning(problem, show);
  else notices.information(inBrief(name, check), show);
  return check;
}

async function look(
  { commandLine }: Services,
  title: string,
  model: string,
  faces: string,
): Promise<{ check: SelfCheck; said: string[] }> {
  return withLateProgress(title, async (signal, report) => {
    const onLine = (line: string): void => {
      if (/\d+ of \d+/.test(line)) report(line);
    };
    const command = ['self-check', model, faces, '--json'];
    const { code, stdout, stderr } = await commandLine.run(command, { signal, onLine });
    if (code !== 0) throw failureOf('self-check', code, stderr);
    // What does not fit is part of what the figures mean.
    const said = stderr.split('\n').filter((line) => line.startsWith('Warning: '));
    return { check: readAnswer(selfCheckSchema, 'self-check', stdout), said };
  });
}

function inBrief(name: string, { figures, people }: SelfCheck): string {
  return vscode.l10n.t(
    '{0} is sound: {1} people are {2} apart on average, an image and its mirror image {3}.',
    name,
    people,
    distanceText(figures!.people.mean),
    distanceText(figures!.mirrored.mean),
  );
}
