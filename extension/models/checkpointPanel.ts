import { resolve } from 'node:path';
import * as vscode from 'vscode';
import type { z } from 'zod';
import { inspect } from '../../src/checkpoint/inspection';
import { type Model, openModel } from '../../src/checkpoint/model';
import {
  type Comparison,
  type ShownModel,
  type ShownPlan,
  type VariableStatistics,
  inspectAnswerSchema,
} from '../../src/protocol/checkpoint';
import { describeError } from '../../src/protocol/errors';
import type { LineageStep } from '../../src/protocol/lineage';
import type { NetworkName } from '../../src/protocol/networkNames';
import type { FromCheckpointPage } from '../../src/protocol/webview';
import { planAgainst } from '../../src/train/plan/planAgainst';
import { toDisposable } from '../disposable';
import { commandIds } from '../identifiers';
import { readAnswer } from '../jobs/commandAnswer';
import { lineageOfModel } from '../jobs/lineage';
import { modelName } from '../jobs/runNames';
import { failureOf } from '../jobs/commandLine';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';

/** The model that a tab is about. */
export interface CheckpointTab {
  kind: 'checkpoint';
  /** `starter`, or an absolute path. */
  path: string;
  /** The model it is compared with. */
  comparedWith?: string;
  /** What the restore plan is made for. */
  planFor?: PlanChoice;
}

export interface PlanChoice {
  network: NetworkName;
  /** Absolute path; absent: the network alone, without a classifier. */
  dataset?: string;
}

type Needs = Pick<Services, 'commandLine' | 'log' | 'runs'>;

/** What the header of a model says; no value is read. @throws UserError when there is no model */
async function loadModel(path: string): Promise<ShownModel> {
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

/** A checkpoint of a run is called by the run's name. */
async function titleOf(path: string, { name, step }: ShownModel, runs: Needs['runs']): Promise<string> {
  const own = step === undefined ? name : vscode.l10n.t('{0}, step {1}', name, step);
  return modelName(runs, path, own);
}

/** What a training would take from a model. @throws UserError when the dataset cannot be read */
export async function loadPlan(model: Model, { network, dataset }: PlanChoice): Promise<ShownPlan> {
  return planAgainst(model, { network, ...(dataset !== undefined && { dataDir: dataset }) });
}

/** The Checkpoint tab: the header at once; values are read by the command line, so that this process never waits for them. */
export class CheckpointPanel extends PagePanel<CheckpointTab> {
  private statistics: VariableStatistics[] | undefined;
  private comparison: Comparison | undefined;
  private plan: ShownPlan | undefined;
  private failure: string | undefined;
  /** Of what was chosen when the tab was open before: what is coming back, and what cannot. */
  private readonly notes = new Map<'comparison' | 'plan', string>();
  private reading: Promise<void> | undefined;
  private readonly stop = new AbortController();

  constructor(
    place: PagePlace,
    about: CheckpointTab,
    readonly model: ShownModel,
    title: string,
    private readonly needs: Needs,
  ) {
    super(place, about);
    this.register(toDisposable(() => this.stop.abort()));
    this.load(title);
    this.register(
      needs.runs.onDidChange(() => void titleOf(about.path, model, needs.runs).then((now) => this.retitle(now))),
    );
    void this.bringBack(about);
  }

  /** Resolves when the statistics are there, or why they are not has been said. */
  async statisticsRead(): Promise<VariableStatistics[] | undefined> {
    await this.read();
    return this.statistics;
  }

  /** Reads both models and shows how the other one differs. @throws UserError when one cannot be read */
  async compareWith(other: string): Promise<Comparison> {
    const comparison = await this.compare(other);
    this.comparison = comparison;
    this.notes.delete('comparison');
    this.choose({ ...this.state, comparedWith: other });
    this.hydrate();
    return comparison;
  }

  /** Compares with what the model was made from, unless something was chosen to compare with. */
  async compareAtFirst(other: string | undefined): Promise<void> {
    if (other === undefined || this.state.comparedWith !== undefined) return;
    this.choose({ ...this.state, comparedWith: other });
    await this.compareAgain(other);
  }

  showPlan(plan: ShownPlan, choice: PlanChoice): void {
    this.plan = plan;
    this.notes.delete('plan');
    this.choose({ ...this.state, planFor: choice });
    this.hydrate();
  }

  protected hydrate(): void {
    const { model, statistics, comparison, plan, notes } = this;
    this.send({
      type: 'hydrateCheckpoint',
      model,
      ...(statistics !== undefined && { statistics }),
      ...(comparison !== undefined && { comparison }),
      ...(plan !== undefined && { plan }),
      ...(notes.size > 0 && { notes: [...notes.values()] }),
    });
    if (this.failure !== undefined) this.send({ type: 'failed', message: this.failure });
    void this.read();
  }

  protected override async lineage(): Promise<LineageStep[]> {
    return lineageOfModel(this.needs.runs, this.state.path, this.model.step);
  }

  protected answer(message: FromCheckpointPage): void {
    if (message.type === 'revealFolder') {
      void vscode.commands.executeCommand(commandIds.reveal, this.model.path);
    } else {
      const command = message.what === 'plan' ? commandIds.restorePlan : commandIds.compareCheckpoints;
      void vscode.commands.executeCommand(command, this.state.path);
    }
  }

  /** Once; what goes wrong is said in the page. */
  private read(): Promise<void> {
    this.reading ??= (async () => {
      if (this.model.problem !== undefined) return;
      try {
        const schema = inspectAnswerSchema.required({ statistics: true });
        this.statistics = (await this.ask(['--statistics'], schema)).statistics;
      } catch (error) {
        if (this.stop.signal.aborted) return;
        this.failure = describeError(error);
      }
      this.hydrate();
    })();
    return this.reading;
  }

  private async compare(other: string): Promise<Comparison> {
    return (await this.ask(['--compare', other], inspectAnswerSchema.required({ comparison: true }))).comparison;
  }

  /** Shows again what was chosen when the tab was open before; what cannot be read any more is said and forgotten. */
  private async bringBack({ comparedWith, planFor }: CheckpointTab): Promise<void> {
    if (planFor !== undefined) await this.planAgain(planFor);
    if (comparedWith !== undefined) await this.compareAgain(comparedWith);
  }

  private async planAgain(choice: PlanChoice): Promise<void> {
    const { path } = this.state;
    // The user may have chosen anew meanwhile.
    const isWanted = (): boolean => !this.stop.signal.aborted && this.state.planFor === choice;
    try {
      const plan = await loadPlan(await openModel(path, { headerOnly: true }), choice);
      if (isWanted()) this.showPlan(plan, choice);
    } catch (error) {
      const unreadable = choice.dataset ?? path;
      const sentence = vscode.l10n.t('The restore plan is not shown any more: {0} cannot be read.', unreadable);
      if (isWanted()) this.lose('plan', sentence, error);
    }
  }

  private async compareAgain(other: string): Promise<void> {
    const isWanted = (): boolean =>
      !this.stop.signal.aborted && this.state.comparedWith === other && this.comparison === undefined;
    this.notes.set('comparison', vscode.l10n.t('Comparing with {0} again…', other));
    this.hydrate();
    // One after the other: each reads all values of the model.
    await this.read();
    if (!isWanted()) return;
    try {
      const comparison = await this.compare(other);
      if (!isWanted()) return;
      this.comparison = comparison;
      this.notes.delete('comparison');
      this.hydrate();
    } catch (error) {
      const sentence = vscode.l10n.t('The comparison is not shown any more: {0} cannot be read.', other);
      if (isWanted()) this.lose('comparison', sentence, error);
    }
  }

  private lose(what: 'comparison' | 'plan', sentence: string, error: unknown): void {
    this.needs.log.warn(describeError(error));
    const { comparedWith, planFor, ...rest } = this.state;
    this.notes.set(what, sentence);
    this.choose({
      ...rest,
      ...(what === 'plan' && comparedWith !== undefined && { comparedWith }),
      ...(what === 'comparison' && planFor !== undefined && { planFor }),
    });
    this.hydrate();
  }

  private async ask<S extends z.ZodType>(flags: readonly string[], schema: S): Promise<z.output<S>> {
    const { code, stdout, stderr } = await this.needs.commandLine.run(
      ['inspect', this.state.path, ...flags, '--json'],
      {
        signal: this.stop.signal,
      },
    );
    if (code !== 0) throw failureOf('inspect', code, stderr);
    return readAnswer(schema, 'inspect', stdout);
  }
}

/** The kind of the Checkpoint tab: one for each model. */
export const checkpointPage: PageKind<CheckpointTab, CheckpointPanel, Needs> = {
  name: 'checkpoint',
  icon: 'chart.svg',
  keyOf: ({ path }) => path,
  async open(about, needs) {
    const model = await loadModel(about.path);
    const title = await titleOf(about.path, model, needs.runs);
    return (place) => new CheckpointPanel(place, about, model, title, needs);
  },
};

/** @param model `starter`, or a path. @throws UserError when there is no model. */
export async function showModel(panels: Panels, model: string): Promise<CheckpointPanel> {
  return panels.show(checkpointPage, { kind: 'checkpoint', path: model === 'starter' ? model : resolve(model) });
}
