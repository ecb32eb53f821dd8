import * as vscode from 'vscode';
import { StoppedError, UserError, describeError } from '../src/protocol/errors';
import { commandIds } from './identifiers';
import { shownNotification } from './shown';

/** A button of a notification. */
export interface NoticeAction {
  title: string;
  run(): unknown;
}

export interface Notice {
  level: 'information' | 'warning' | 'error';
  text: string;
  actions: NoticeAction[];
}

/**
 * Says things to the user: one sentence and what can be done about it. Nothing waits for an answer, so that a command
 * ends when its work has ended.
 */
export class Notices {
  private readonly said = new vscode.EventEmitter<Notice>();
  /** For tests: every notification as it is shown. */
  readonly onDidShow = this.said.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  information(text: string, ...actions: NoticeAction[]): void {
    this.log.info(text);
    this.show({ level: 'information', text, actions });
  }

  warning(text: string, ...actions: NoticeAction[]): void {
    this.log.warn(text);
    this.show({ level: 'warning', text, actions });
  }

  /** How a job has failed, in its own words; its log has been written by its worker. */
  failure(text: string, ...actions: NoticeAction[]): void {
    this.log.error(text);
    this.show({ level: 'error', text, actions });
  }

  /**
   * A UserError as its sentence, anything else with its stack in the log. Every error has a button: what can be done
   * about it, or the log, which says what came before.
   */
  problem(error: unknown, ...actions: NoticeAction[]): void {
    if (error instanceof StoppedError) return this.information(error.message, ...actions);
    const own = error instanceof UserError;
    this.log.error(own ? error.sentence : error instanceof Error ? (error.stack ?? error.message) : String(error));
    const showLog = { title: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand(commandIds.showLog) };
    this.show({
      level: 'error',
      text: describeError(error),
      actions: own && actions.length > 0 ? actions : [...actions, showLog],
    });
  }

  private show({ level, text, actions }: Notice): void {
    const notice = { level, text: shownNotification(text), actions };
    this.said.fire(notice);
    const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
    const ways = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage };
    const show: (text: string, ...titles: string[]) => Thenable<string | undefined> = ways[notice.level];
    void show(notice.text, ...notice.actions.map((action) => action.title)).then(async (title) => {
      try {
        await notice.actions.find((action) => action.title === title)?.run();
      } catch (error) {
        this.problem(error);
      }
    });
  }
}
