import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { datasetCommands } from '../../../extension/datasets/commands';
import { demoCommands } from '../../../extension/demo/commands';
import { engineCommands } from '../../../extension/engine/commands';
import { commands } from '../../../extension/features';
import { fineTuneCommands } from '../../../extension/fineTune/commands';
import { galleryCommands } from '../../../extension/gallery/commands';
import { commandIds } from '../../../extension/identifiers';
import { lfwCommands } from '../../../extension/lfw/commands';
import { modelCommands } from '../../../extension/models/commands';
import { recognizeCommands } from '../../../extension/recognize/commands';
import { runCommands } from '../../../extension/runs/commands';
import { workbenchCommands } from '../../../extension/workbench/commands';
import { installationRoot } from '../../../src/engine/installation';

test('no command is defined by two features, of which one would take the place of the other', () => {
  const lists = {
    ...{ datasetCommands, demoCommands, engineCommands, fineTuneCommands, galleryCommands, lfwCommands },
    ...{ modelCommands, recognizeCommands, runCommands, workbenchCommands },
  };
  const extension = join(installationRoot(), 'extension');
  const files = readdirSync(extension, { recursive: true, encoding: 'utf8' });
  assert.equal(files.filter((file) => /^[^\\/]+[\\/]commands\.ts$/.test(file)).length, Object.keys(lists).length);
  const defined = Object.values(lists).flatMap((list) => Object.keys(list));
  assert.deepEqual(defined.toSorted(), Object.keys(commands).toSorted());
});

test('no identifier of a command stands for two', () => {
  const ids = Object.values(commandIds);
  assert.equal(new Set(ids).size, ids.length);
});
