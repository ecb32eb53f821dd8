import * as vscode from 'vscode';
import { z } from 'zod';
import { inspect } from '../../src/checkpoint/inspection';
import { openModel } from '../../src/checkpoint/model';
import {
  type Comparison,
  type ShownModel,
  type ShownPlan,
  type VariableStatistics,
  comparisonSchema,
  variableStatisticsSchema,
} from '../../src/protocol/checkpoint';
import { UserError, describeError } from '../../src/protocol/errors';
import type { FromCheckpointPage } from '../../src/protocol/webview';
import { toDisposable } from '../disposable';
import { commandIds } from '../identifiers';
import type { CommandLine } from '../jobs/commandLine';
import { PagePanel } from './pagePanel';

/** What the header of a model says; no value is read. @throws UserError when there is no model */
export async function loadModel(path: string): Promise<ShownModel> {
  const model = await openModel(path, { headerOnly: true });
  const { name, kind, step, network, embeddingSize, classes, recipe, recipeSource } = model;
  const problem = await model.check().then(() => undefined, describeError);
  return {
    name,
    path: model.path,
    kind,
    recipe,
    recipeSource,
    ...(step !== undefined && { step }),
    ...(network !== undefined && { network }),
    ...(embeddingSize !== undefined && { embeddingSize }),
    ...(classes !== undefined && { classes }),
    ...(problem !== undefined && { problem }),
    stages: inspect(model).stages.map(({ name: stage, outputShape, variables }) => ({
      ...(stage !== undefined && { name: stage }),
      ...(outputShape !== undefined && { outputShape: outputShape.map((size) => size ?? null) }),
      variables: variables.map(({ name: variable, shape, dtype, byteLength }) => ({
        name: variable,
        shape,
        dtype,
        byteLength,
      })),
    })),
  };
}

/** The Checkpoint tab: the header at once; values are read by the command line, so that this process never waits for them. */
export class CheckpointPanel extends PagePanel<FromCheckpointPage> {
  private statistics: VariableStatistics[] | undefined;
  private comparison: Comparison | undefined;
  private plan: ShownPlan | undefined;
  private failure: string | undefined;
  private reading: Promise<void> | undefined;
  private readonly stop = new AbortController();

  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly path: string,
    readonly model: ShownModel,
    private readonly commandLine: CommandLine,
  ) {
    super(panel, extensionUri, 'checkpoint', { kind: 'checkpoint', path });
    this.register(toDisposable(() => this.stop.abort()));
    const { name, step } = model;
    this.load(step === undefined ? name : vscode.l10n.t('{0}, step {1}', name, step), 'chart.svg');
  }

  /** Resolves when the statistics are there, or why they are not has been said. */
  async statisticsRead(): Promise<VariableStatistics[] | undefined> {
    await this.read();
    return this.statistics;
  }

  /** Reads both models and shows how the other one differs. @throws UserError when one cannot be read */
  async compareWith(other: string): Promise<Comparison> {
    const answer = await this.ask(['--compare', other], z.object({ comparison: comparisonSchema }));
    this.comparison = answer.comparison;
    this.hydrate();
    return this.comparison;
  }

  showPlan(plan: ShownPlan): void {
    this.plan = plan;
    this.hydrate();
  }

  protected hydrate(): void {
    const { model, statistics, comparison, plan } = this;
    this.send({
      type: 'hydrateCheckpoint',
      model,
      ...(statistics !== undefined && { statistics }),
      ...(comparison !== undefined && { comparison }),
      ...(plan !== undefined && { plan }),
    });
    if (this.failure !== undefined) this.send({ type: 'failed', message: this.failure });
    void this.read();
  }

  protected answer(message: FromCheckpointPage): void {
    if (message.type === 'revealFolder') {
      void vscode.commands.executeCommand(commandIds.reveal, this.model.path);
    } else {
      const command = message.what === 'plan' ? commandIds.restorePlan : commandIds.compareCheckpoints;
      void vscode.commands.executeCommand(command, this.path);
    }
  }

  /** Once; what goes wrong is said in the page. */
  private read(): Promise<void> {
    this.reading ??= (async () => {
      if (this.model.problem !== undefined) return;
      try {
        const schema = z.object({ statistics: z.array(variableStatisticsSchema) });
        this.statistics = (await this.ask(['--statistics'], schema)).statistics;
      } catch (error) {
        if (this.stop.signal.aborted) return;
        this.failure = describeError(error);
      }
      this.hydrate();
    })();
    return this.reading;
  }

  private async ask<S extends z.ZodType>(flags: readonly string[], schema: S): Promise<z.output<S>> {
    const { code, stdout, stderr } = await this.commandLine.run(['inspect', this.path, ...flags, '--json'], {
      signal: this.stop.signal,
    });
    if (code !== 0) {
      const line = stderr.trim().split('\n').at(-1) ?? '';
      throw new UserError(line.replace(/^facenet: /, '') || `${this.path} could not be read.`);
    }
    return schema.parse(JSON.parse(stdout));
  }
}
