import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { run } from './fixtures';

export type Answered<T> = Awaited<ReturnType<typeof run<T>>> & { question: string };

/**
 * Runs a command, presses the button of the dialog that it asks in, and waits for its end. VS Code shows no dialog in a
 * window that runs tests, so the answer is given where the extension asks for it; the end-to-end walks press real ones.
 */
export async function answer<T>(button: string, id: string, argument: unknown): Promise<Answered<T>> {
  const { window } = vscode;
  const show = window.showWarningMessage;
  const asked: string[] = [];
  const reply = async (text: string, ...rest: unknown[]): Promise<unknown> => {
    const [options, ...buttons] = rest;
    if (!isModal(options)) return (show as (...all: unknown[]) => Thenable<unknown>)(text, ...rest);
    asked.push([text, options.detail].join('\n'));
    assert.ok(button === 'Cancel' || buttons.includes(button), `${button} is not among ${buttons.join(', ')}`);
    return button === 'Cancel' ? undefined : button;
  };
  Object.assign(window, { showWarningMessage: reply });
  try {
    const answered = await run<T>(id, argument);
    assert.equal(asked.length, 1, `asked: ${asked.join(' | ')}`);
    return { ...answered, question: asked[0]! };
  } finally {
    Object.assign(window, { showWarningMessage: show });
  }
}

function isModal(options: unknown): options is vscode.MessageOptions {
  return typeof options === 'object' && options !== null && (options as vscode.MessageOptions).modal === true;
}
