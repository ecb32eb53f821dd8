import * as vscode from 'vscode';

export interface NumberQuestion {
  title: string;
  prompt: string;
  value: number;
  least: number;
  most: number;
}

/** A whole number in a range; undefined when the user leaves with Escape. */
export async function askWholeNumber({
  title,
  prompt,
  value,
  least,
  most,
}: NumberQuestion): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title,
    prompt,
    value: String(value),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const number = Number(text.trim());
      const isGood = text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most;
      return isGood ? undefined : vscode.l10n.t('Type a whole number from {0} to {1}.', least, most);
    },
  });
  return typed === undefined ? undefined : Number(typed.trim());
}
