// Questions that follow each other, with a button that goes back to the one before.
import * as vscode from 'vscode';
import { shownChoice } from '../shown';

/** Where a question stands among others. */
export interface StepTitle {
  title: string;
  /** From 1. */
  step: number;
  totalSteps: number;
}

/** The back button was pressed; whoever asks several questions catches it. */
export class WentBack extends Error {}

export function titleText(title: string | StepTitle): string {
  return typeof title === 'string' ? title : title.title;
}

type Choices<T> = readonly (vscode.QuickPickItem & { value?: T })[];

/** One choice of a quick pick, which shows that it is busy until the choices are there; `undefined` after Escape. @throws WentBack */
export async function pickInStep<T>(
  { title, step, totalSteps }: StepTitle,
  placeHolder: string,
  choices: Choices<T> | Promise<Choices<T>>,
  active?: T,
): Promise<T | undefined> {
  const input = vscode.window.createQuickPick<vscode.QuickPickItem & { value?: T }>();
  const heard: vscode.Disposable[] = [input];
  Object.assign(input, { title, step, totalSteps, placeholder: placeHolder, busy: true });
  Object.assign(input, { matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: true });
  input.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  try {
    return await new Promise<T | undefined>((resolve, reject) => {
      heard.push(
        input.onDidTriggerButton(() => reject(new WentBack())),
        input.onDidHide(() => resolve(undefined)),
        input.onDidAccept(() => {
          const [item] = input.selectedItems;
          if (item?.value !== undefined) resolve(item.value);
        }),
      );
      input.show();
      Promise.resolve(choices).then((items) => {
        input.items = items.map(shownChoice);
        const chosen = input.items.find(({ value }) => active !== undefined && value === active);
        if (chosen !== undefined) input.activeItems = [chosen];
        input.busy = false;
      }, reject);
    });
  } finally {
    vscode.Disposable.from(...heard).dispose();
  }
}

export interface StepInput {
  prompt: string;
  value: string;
  /** Said below the field without keeping the answer from being given; '' is nothing. */
  warning?: Promise<string>;
}

/** A line of text; an empty one is the value that was offered; `undefined` after Escape. @throws WentBack */
export async function inputInStep(
  { title, step, totalSteps }: StepTitle,
  { prompt, value, warning }: StepInput,
): Promise<string | undefined> {
  const input = vscode.window.createInputBox();
  const heard: vscode.Disposable[] = [input];
  Object.assign(input, { title, step, totalSteps, prompt, value, ignoreFocusOut: true });
  input.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      heard.push(
        input.onDidTriggerButton(() => reject(new WentBack())),
        input.onDidHide(() => resolve(undefined)),
        input.onDidAccept(() => resolve(input.value.trim() === '' ? value : input.value.trim())),
      );
      input.show();
      warning?.then((message) => {
        if (message !== '') input.validationMessage = { message, severity: vscode.InputBoxValidationSeverity.Warning };
      }, reject);
    });
  } finally {
    vscode.Disposable.from(...heard).dispose();
  }
}

/** A question of a sequence: `next`, the name of another question to ask instead, or undefined when it was left. */
export interface Question {
  name: string;
  ask(title: StepTitle): Promise<string | undefined>;
}

export const next = 'next';

/**
 * Asks the questions in their order; the back button leads to the one before. Resolves to false as soon as one is left
 * with Escape.
 */
export async function askInOrder(title: string, questions: readonly Question[]): Promise<boolean> {
  let at = 0;
  while (at < questions.length) {
    try {
      const answer = await questions[at]!.ask({ title, step: at + 1, totalSteps: questions.length });
      if (answer === undefined) return false;
      const other = questions.findIndex(({ name }) => name === answer);
      // A question whose answer was given with the command is not among them.
      if (answer === next) at++;
      else if (other !== -1) at = other;
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      at = Math.max(0, at - 1);
    }
  }
  return true;
}
