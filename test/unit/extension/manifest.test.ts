// package.json and the code must name the same things; VS Code says nothing when they do not.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commands, pageKinds } from '../../../extension/features';
import { contextKeys, nodeKinds, viewIds } from '../../../extension/identifiers';
import { pageType } from '../../../extension/pages/pageKind';
import type { PageName } from '../../../src/protocol/webview';
import { configurationSuffix } from '../../../src/protocol/runConfiguration';
import { enginePreferenceSchema } from '../../../src/protocol/trainConfig';
import { installationRoot } from '../../../src/engine/installation';

interface MenuItem {
  command: string;
  when?: string;
}
interface Manifest {
  icon: string;
  description: string;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; enablement?: string; icon?: string; category: string }[];
    views: { facenet: { id: string }[] };
    viewsWelcome: { view: string; contents: string }[];
    menus: Record<string, MenuItem[]>;
    configuration: {
      properties: Record<string, { enum?: string[]; enumDescriptions?: string[]; markdownDescription: string }>;
    };
    languages: { id: string; filenamePatterns: string[] }[];
    jsonValidation: { fileMatch: string; url: string }[];
    walkthroughs: { steps: { completionEvents: string[]; media: { markdown: string } }[] }[];
  };
}

const root = installationRoot();
const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const texts = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const { contributes } = manifest;
const ids = Object.keys(commands);
const types = (Object.keys(pageKinds) as PageName[]).map(pageType);

describe('the manifest', () => {
  test('declares the commands and views of the code', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...ids].sort());
    assert.ok(contributes.commands.every(({ category }) => category === 'FaceNet'));
    assert.deepEqual(contributes.views.facenet.map(({ id }) => id).sort(), Object.values(viewIds).sort());
  });

  test('has the extension activated for a tab of each page that comes back', () => {
    const events = manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:'));
    const wanted = types.map((type) => `onWebviewPanel:${type}`);
    assert.deepEqual(events.sort(), wanted.sort(), 'run "npm run manifest" and commit what it writes');
  });

  test('names only commands that exist, in menus, welcome texts and walkthroughs', () => {
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const inTexts = Object.values(texts).flatMap((value) =>
      [...value.matchAll(/\(command:(facenet\.\w+)\)/g)].map((match) => match[1]!),
    );
    const inEvents = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) => completionEvents.map((event) => event.replace('onCommand:', ''))),
    );
    assert.ok(inTexts.length > 5);
    for (const command of [...inMenus, ...inTexts, ...inEvents]) assert.ok(ids.includes(command), command);
  });

  test('asks only for context keys that the code sets, and for kinds of rows that it gives', () => {
    const clauses = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? '')),
      ...contributes.commands.map(({ enablement }) => enablement ?? ''),
    ];
    const keys = new Set<string>([...Object.values(contextKeys), ...Object.values(viewIds), ...types]);
    for (const clause of clauses) {
      for (const [key] of clause.matchAll(/facenet\.\w+/g)) assert.ok(keys.has(key), clause);
      const exact = /viewItem == ([\w.]+)/.exec(clause)?.[1];
      if (exact !== undefined) assert.ok(Object.values<string>(nodeKinds).includes(exact), clause);
      const pattern = /viewItem =~ \/(.+?)\/( |$)/.exec(clause)?.[1];
      if (pattern !== undefined) {
        assert.ok(
          Object.values(nodeKinds).some((kind) => new RegExp(pattern).test(kind)),
          clause,
        );
      }
    }
  });

  test('has a text for every key, and no text without a key', () => {
    const used = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual(
      [...used].filter((key) => !(key in texts)),
      [],
    );
    assert.deepEqual(
      Object.keys(texts).filter((key) => !used.has(key)),
      [],
    );
  });

  test('says nothing past the texts, in whatever property', () => {
    const speaking =
      /^(title|label|name|description|markdown\w+|enum(ItemLabels|Descriptions)|deprecationMessage|contents)$/;
    const past: string[] = [];
    let through = 0;
    const look = (value: unknown, place: string, speaks: boolean): void => {
      if (typeof value === 'string') {
        if (speaks && value.startsWith('%')) through++;
        // The product's name is the same in every language.
        else if (speaks && value !== 'FaceNet') past.push(`${place}: ${value}`);
      } else if (Array.isArray(value)) value.forEach((item, index) => look(item, `${place}[${index}]`, speaks));
      else if (typeof value === 'object' && value !== null)
        for (const [key, item] of Object.entries(value)) look(item, `${place}.${key}`, speaking.test(key));
    };
    const { description, capabilities } = manifest;
    look({ description, capabilities, contributes }, 'package.json', false);
    assert.deepEqual(past, []);
    assert.ok(through > 60, String(through));
  });

  test('describes each value that a setting may have', () => {
    for (const [name, setting] of Object.entries(contributes.configuration.properties))
      assert.equal(setting.enumDescriptions?.length, setting.enum?.length, name);
  });

  test('describes the settings that the code reads, the dangerous ones not for untrusted workspaces', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), [
      'facenet.datasets',
      'facenet.engine',
      'facenet.lfw',
      'facenet.nodePath',
      'facenet.pretrainedModels',
      'facenet.uprightPhotographs',
    ]);
    assert.deepEqual(properties['facenet.engine']!.enum, enginePreferenceSchema.options);
    assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('facenet.nodePath'));
  });

  test('checks run configurations by the name that the code gives them', () => {
    const [{ fileMatch, url }, ...others] = contributes.jsonValidation as [{ fileMatch: string; url: string }];
    assert.deepEqual(others, []);
    assert.equal(fileMatch, `*${configurationSuffix}`);
    assert.ok(
      contributes.languages.some(({ id, filenamePatterns }) => id === 'jsonc' && filenamePatterns.includes(fileMatch)),
    );
    assert.ok(existsSync(join(root, url)));
  });

  test('has its pictures and walkthrough pages', () => {
    const files = [
      manifest.icon,
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});

test('the palette holds commands that need nothing chosen; every other one is reached from the thing that it is about', () => {
  const { commands: all, menus } = manifest.contributes;
  const hidden = new Set(menus['commandPalette']!.filter(({ when }) => when === 'false').map(({ command }) => command));
  // Each of these asks for what it is about, or is about all there is.
  const asking = [
    ...['addDataset', 'checkDataset', 'showGallery', 'cleanDataset', 'clearDatasetFilter', 'alignDataset'],
    ...['addPretrainedModel', 'downloadModel', 'showCheckpoint', 'compareCheckpoints', 'exportModel'],
    ...['attachRun', 'detachRun'],
    ...[
      'fineTune',
      'startConfiguration',
      'pasteTrainSoftmax',
      'trainFromScratch',
      'stop',
      'resume',
      'createDemoWorkspace',
    ],
    ...['showRuns', 'showMetrics', 'validateOnLfw', 'generatePairs', 'exportReport', 'compareReport'],
    ...[
      'recognize',
      'compareFaces',
      'trainClassifier',
      'classifyFolder',
      'evaluateIdentification',
      'enrolPeople',
      'erasePerson',
      'doctor',
      'installEngine',
      'openWalkthrough',
      'showLog',
    ],
  ].map((name) => `facenet.${name}`);
  const offered = all.map(({ command }) => command).filter((command) => !hidden.has(command));
  assert.deepEqual(offered.sort(), asking.sort());

  const elsewhere = new Set(
    Object.entries(menus).flatMap(([menu, items]) =>
      menu === 'commandPalette' ? [] : items.map(({ command }) => command),
    ),
  );
  // Run by other commands and by pages alone.
  const byOthers = ['facenet.compareRuns', 'facenet.restorePlan', 'facenet.reveal', 'facenet.undoImages'];
  const lost = [...hidden].filter((command) => !elsewhere.has(command) && !byOthers.includes(command));
  assert.deepEqual(lost, []);
});
