// Run configurations: made by the wizard and from an old command line, checked by the editor, started again.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { answer } from '../answer';
import { extension, remove, run, workspace, write, writeAligned, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';
import { within } from '../../fixtures/deadlines.mjs';

interface Made {
  configuration: string;
  folder?: string;
  script?: string;
  notes?: string[];
}

const folder = workspace('.facenet', 'configurations');
const classifier = { name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 1 };
const plain = { dataDir: 'faces', pretrainedModel: 'starter', phases: [classifier], batchSize: 4, engine: 'wasm' };

async function refusal(id: string, argument: unknown): Promise<string> {
  const runs = (await (await extension()).runs.list()).length;
  const { value, notices } = await run(id, argument);
  assert.equal(value, undefined);
  assert.equal(notices.length, 1);
  assert.equal((await (await extension()).runs.list()).length, runs, 'no run is made');
  return notices[0]!.text;
}

async function finished(path: string): Promise<string> {
  const { jobs, runs } = await extension();
  await jobs.follower(path)?.finished;
  return (await runs.list()).find((listed) => listed.folder === path)!.record.state;
}

describe('run configurations', function () {
  this.timeout(within(60_000));
  before(async () => {
    writeAligned('faces', { Ada: 3, Grace: 3 });
    write('faces-pairs.txt', '2\nAda 1 2\nAda 1 Grace 1\nGrace 1 2\nAda 2 Grace 2\n');
    (await extension()).library.refresh();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const path of ['faces', 'faces-pairs.txt', '.facenet', 'other']) remove(path);
    const { library, runs } = await extension();
    library.refresh();
    runs.refresh();
  });

  it('Start Run from Configuration trains what the file says', async () => {
    const file = write('.facenet/configurations/plain.facenet.json', `// once\n${JSON.stringify(plain)}`);
    const { value, notices } = await run<{ folder: string }>('facenet.startConfiguration', vscode.Uri.file(file));
    assert.ok(value, notices[0]?.text);
    assert.equal(await finished(value.folder), 'done');
    const { record } = (await (await extension()).runs.list()).find((listed) => listed.folder === value.folder)!;
    assert.equal(record.title, 'plain');
    assert.equal(record.config!.dataDir, workspace('faces'));
  });

  it('without a file the one in the active editor is meant, as it stands there', async () => {
    const file = write('other/active.facenet.json', JSON.stringify({ ...plain, dataDir: '../faces', title: 'Typed' }));
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    const at = editor.document.positionAt(editor.document.getText().indexOf('Typed'));
    await editor.edit((edit) => edit.insert(at, 'Just '));
    const { value, notices } = await run<{ folder: string }>('facenet.startConfiguration');
    assert.ok(value, notices[0]?.text);
    assert.equal(await finished(value.folder), 'done');
    const { record } = (await (await extension()).runs.list()).find((listed) => listed.folder === value.folder)!;
    assert.equal(record.title, 'Just Typed');
    assert.ok(value.folder.startsWith(workspace('.facenet', 'runs')), value.folder);
  });

  it('without any, one of the workspace is asked for; Escape leaves without a run', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const before = (await (await extension()).runs.list()).length;
    const asked = vscode.commands.executeCommand('facenet.startConfiguration');
    const rows = await eventually('the configurations', async () => {
      const shown = await outside<string[]>('quickRows');
      return shown.some((row) => row.includes('active')) && shown;
    });
    assert.ok(
      rows.some((row) => row.includes('.facenet/configurations/plain.facenet.json')),
      rows.join(),
    );
    await outside('key', { key: 'Escape' });
    assert.equal(await asked, undefined);
    assert.equal((await (await extension()).runs.list()).length, before);
  });

  it('says what is wrong with a configuration before a run is made', async () => {
    const start = async (name: string, content: unknown): Promise<string> =>
      refusal(
        'facenet.startConfiguration',
        write(`other/${name}.facenet.json`, typeof content === 'string' ? content : JSON.stringify(content)),
      );
    assert.match(await start('torn', '{\n  "dataDir": "faces",\n'), /torn\.facenet\.json is not JSON: line \d/);
    assert.match(await start('empty', { dataDir: 'faces', phases: [] }), /phases: /);
    assert.match(await start('misspelt', { ...plain, batchsize: 3 }), /batchsize/);
    assert.match(await start('nowhere', { ...plain, dataDir: 'nowhere' }), /There is no folder .*other.nowhere/);
    const here = { ...plain, dataDir: workspace('faces') };
    assert.match(await start('model', { ...here, pretrainedModel: 'gone' }), /no model at .*gone/);
    const stage = { ...here, phases: [{ ...classifier, trainableFrom: 'Block99' }] };
    assert.match(await start('stage', stage), /no stage "Block99"/);
    const lfw = { ...here, lfw: { dir: workspace('faces'), pairs: 'no-pairs.txt' } };
    assert.match(await start('pairs', lfw), /no-pairs\.txt/);
    assert.match(await refusal('facenet.startConfiguration', workspace('gone.facenet.json')), /cannot be read/);
  });

  it('the editor knows what a configuration may hold', async () => {
    const file = write(
      'other/checked.facenet.json',
      JSON.stringify({ ...plain, optimizer: 'SGD', batchsize: 1 }, undefined, 2),
    );
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'jsonc');
    const problems = await eventually(
      'the check of the editor',
      () => {
        const found = vscode.languages.getDiagnostics(document.uri);
        return found.length >= 2 && found;
      },
      30_000,
    );
    const told = problems.map(({ message }) => message).join('\n');
    assert.match(told, /batchsize/);
    assert.match(told, /"MOM"/);
    const at = document.positionAt(document.getText().indexOf('"optimizer"') + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const hover = hovers
      .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join();
    assert.match(hover, /Update rule/);
    if (hasOutside) await outside('screenshot', { name: 'configuration-checked' });
  });

  it('Paste train_softmax Command makes a configuration and names every part that has no effect', async () => {
    const line =
      '$ CUDA_VISIBLE_DEVICES=0 python src/train_softmax.py --data_dir faces \\\n  --pretrained_model starter ' +
      '--learning_rate 0.001 --random_flip --gpu_memory_fraction 0.5 --no_such 1 2>&1 | tee log.txt';
    const { value, notices } = await run<Made>('facenet.pasteTrainSoftmax', { line });
    assert.ok(value, notices[0]?.text);
    assert.equal(value.notes!.length, 5, value.notes!.join('\n'));
    assert.match(notices[0]!.text, /5 parts of the command line have no effect/);
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Start'],
    );
    const shown = vscode.window.activeTextEditor!.document;
    assert.equal(shown.uri.fsPath, value.configuration);
    const text = shown.getText();
    for (const pattern of [
      /^\/\/ .*no_such 1 is unknown/m,
      /^\/\/ .*gpu_memory_fraction has no effect/m,
      /"dataDir": "faces"/,
      /"randomFlip": true/,
    ]) {
      assert.match(text, pattern);
    }
    // The same line again is the same file, another one a new file.
    assert.equal((await run<Made>('facenet.pasteTrainSoftmax', { line })).value!.configuration, value.configuration);
    const other = await run<Made>('facenet.pasteTrainSoftmax', { line: line.replace('0.001', '0.002') });
    assert.notEqual(other.value!.configuration, value.configuration);
    assert.equal(readFileSync(value.configuration, 'utf8'), text);
  });

  it('refuses what is no training, and a value that is none', async () => {
    const paste = async (line: string): Promise<string> => refusal('facenet.pasteTrainSoftmax', { line });
    assert.match(await paste('ls -l'), /no command line of train_softmax\.py/);
    assert.match(await paste('python src/validate_on_lfw.py a b'), /runs validate_on_lfw\.py/);
    assert.match(await paste('python train_softmax.py --data_dir "faces'), /not closed/);
    assert.match(await paste('python train_softmax.py --batch_size ten'), /^argument --batch_size: invalid/);
    assert.match(
      await paste('python train_softmax.py --learning_rate -1 --learning_rate_schedule_file gone.txt'),
      /gone\.txt/,
    );
  });

  it('Train from Scratch writes a recipe as a configuration on the folder, and never over another one', async () => {
    const options = { dataDir: 'faces', recipe: 'casia', lfw: null };
    const { value, notices } = await run<Made>('facenet.trainFromScratch', options);
    assert.ok(value, notices[0]?.text);
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Start'],
    );
    const shown = vscode.window.activeTextEditor!.document;
    assert.equal(shown.uri.fsPath, value.configuration);
    const text = shown.getText();
    for (const pattern of [
      /^\/\/ .*182 pixels/m,
      /"dataDir": "faces"/,
      /"epoch": 91,\s+"rate": -1/,
      /"title": "CASIA/,
    ]) {
      assert.match(text, pattern);
    }
    assert.doesNotMatch(text, /"lfw"/);
    assert.equal((await run<Made>('facenet.trainFromScratch', options)).value!.configuration, value.configuration);
    const lfw = { dir: 'faces', pairs: 'faces-pairs.txt' };
    const other = await run<Made>('facenet.trainFromScratch', { ...options, lfw });
    assert.notEqual(other.value!.configuration, value.configuration);
    assert.equal(readFileSync(value.configuration, 'utf8'), text);
    assert.match(readFileSync(other.value!.configuration, 'utf8'), /"pairs": "faces-pairs.txt",\s+"folds": 10/);
    assert.match(await refusal('facenet.trainFromScratch', { ...options, recipe: 'msceleb' }), /no recipe "msceleb"/);
    assert.match(await refusal('facenet.trainFromScratch', { ...options, dataDir: 'nowhere' }), /nowhere/);
  });

  it('Train from Scratch asks for folder, recipe and pairs, each recipe with its time', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const files = readdirSync(folder).length;
    const asked = vscode.commands.executeCommand<Made>('facenet.trainFromScratch');
    await outside('pick', { text: 'faces' });
    const rows = await eventually('the recipes', async () => {
      const shown = await outside<string[]>('quickRows');
      return shown.some((row) => row.includes('VGGFace2')) && shown;
    });
    assert.match(rows[0]!, /CASIA-WebFace.* h .*10,575 people/s);
    await outside('screenshot', { name: 'from-scratch-recipes' });
    await outside('pick', { text: 'VGGFace2' });
    await eventually('the question for pairs', async () => (await outside<string>('quickTitle')).includes('(3/3)'));
    assert.equal(readdirSync(folder).length, files);
    await outside('pick', { text: 'Do not validate' });
    const made = await asked;
    assert.match(readFileSync(made.configuration, 'utf8'), /"keepProbability": 0\.4/);
  });

  it('Fine-Tune writes a script for Slurm and starts nothing; one that is there is replaced after asking', async () => {
    const { runs } = await extension();
    const before = (await runs.list()).length;
    const script = workspace('other', 'on the cluster.sbatch');
    write('other/notes.txt', '');
    const options = {
      ...{ dataDir: workspace('faces'), model: 'starter', phases: [classifier], lfw: null, title: 'On the cluster' },
      slurmScript: script,
    };
    const { value, notices } = await run<Made>('facenet.fineTune', options);
    assert.equal(value?.script, script, notices[0]?.text);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, script, 'it is opened');
    const text = readFileSync(script, 'utf8');
    assert.match(text, /^#!\/bin\/bash\n#SBATCH --job-name=On-the-cluster\n/);
    assert.ok(text.includes(`run=(--config .facenet/configurations/${basename(value.configuration)} "$@")`), text);
    assert.ok(existsSync(value.configuration));

    write('other/on the cluster.sbatch', 'mine');
    const asked = await answer<Made>('Cancel', 'facenet.fineTune', options);
    assert.match(asked.question, /on the cluster\.sbatch exists already\. Replace it\?/);
    assert.equal(asked.value?.script, undefined);
    assert.equal(readFileSync(script, 'utf8'), 'mine');
    assert.equal((await runs.list()).length, before, 'no run is made');
  });

  it('Paste train_softmax Command proposes what is on the clipboard', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    await vscode.env.clipboard.writeText(
      'python src/train_softmax.py --data_dir faces \\\n  --pretrained_model starter\n',
    );
    const copied = (await vscode.env.clipboard.readText()).includes('train_softmax');
    const asked = vscode.commands.executeCommand<Made>('facenet.pasteTrainSoftmax');
    await eventually('the field', async () => (await outside<string>('quickTitle')).includes('train_softmax'));
    if (copied)
      assert.match(await outside<string>('quickValue'), /^python src\/train_softmax\.py --data_dir faces .*starter/);
    await outside('screenshot', { name: 'paste-command' });
    await outside('key', { key: 'Escape' });
    assert.equal(await asked, undefined);
    if (!copied) skip(this, 'this workbench has no clipboard to write to');
  });

  it('Fine-Tune shows what will happen, goes back and forth, and writes nothing before', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const files = readdirSync(folder).length;
    const title = async (part: string): Promise<unknown> =>
      eventually(`the question ${part}`, async () => (await outside<string>('quickTitle')).includes(part), 30_000);
    const asked = vscode.commands.executeCommand<Made>('facenet.fineTune');
    await outside('pick', { text: 'faces' });
    await title('(2/6)');
    await outside('key', { key: 'Enter' });
    await title('(3/6)');
    await outside('pick', { text: 'Starter' });
    await title('(4/6)');
    await outside('back');
    await title('(3/6)');
    await outside('pick', { text: 'Starter' });
    await title('(4/6)');
    const levels = await eventually('the levels', async () => {
      const rows = await outside<string[]>('quickRows');
      return rows.length >= 3 && rows;
    });
    assert.match(levels[0]!, /Recommended.*a few seconds.*for 6 images of 2 people/s);
    await outside('screenshot', { name: 'fine-tune-presets' });
    await outside('pick', { text: 'Recommended' });
    await title('(5/6)');
    const ways = await eventually('the ways to measure', async () => {
      const rows = await outside<string[]>('quickRows');
      return rows.length >= 4 && rows;
    });
    // Two people with three images each are too few to set any aside, and those on the pairs are all that there are.
    assert.match(ways[0]!, /Held-out images only/);
    assert.match(ways.join('\n'), /Add images.*Get the photographs of LFW.*Do not validate/s);
    await outside('pick', { text: 'Choose faces and a pairs file' });
    await outside('pick', { text: 'faces' });
    await eventually('the pairs', async () =>
      (await outside<string[]>('quickRows')).some((row) => row.includes('pairs.txt')),
    );
    await outside('pick', { text: 'faces-pairs.txt' });
    await title('(6/6)');
    const rows = await eventually('the summary', async () => {
      const shown = await outside<string[]>('quickRows');
      return shown.some((row) => row.includes('Restore plan')) && shown;
    });
    const summary = rows.join('\n');
    for (const pattern of [
      ...[/Start fine-tuning/, /\d+ restored, 2 new/, / GB of memory/],
      ...[/2 of 2 people of the pairs are trained with/, /15\.0 % of the images of each person are held out/],
    ]) {
      assert.match(summary, pattern);
    }
    await outside('screenshot', { name: 'fine-tune-summary' });
    // A row of what was chosen leads to its question, and the questions after it back to the summary.
    await outside('pick', { text: 'Recommended' });
    await title('(4/6)');
    await outside('pick', { text: 'Thorough' });
    await title('(5/6)');
    await outside('pick', { text: 'Do not validate' });
    await title('(6/6)');
    await eventually('the other phases', async () => {
      const shown = (await outside<string[]>('quickRows')).join('\n');
      return shown.includes('classifier 100 + last block 10 epochs') && shown.includes('No images are held out');
    });
    // The head goes with the preset and has no question of its own: it is changed here, and the phases' rates with it.
    await outside('pick', { text: 'Sub-centre ArcFace' });
    await outside('pick', { text: 'ArcFace – a margin between the angles' });
    await eventually('the other head', async () => {
      const shown = (await outside<string[]>('quickRows')).join('\n');
      return (
        shown.includes('ArcFace – a margin between the angles') &&
        shown.includes('classifier 100 + last block 10 epochs')
      );
    });
    assert.equal(readdirSync(folder).length, files);
    assert.match((await outside<string[]>('quickRows')).join('\n'), /Save as Slurm script/);
    await outside('screenshot', { name: 'fine-tune-slurm' });
    await outside('pick', { text: 'Save as configuration' });
    const made = await asked;
    assert.ok(made !== undefined && made.folder === undefined);
    assert.ok(existsSync(made.configuration));
    const text = readFileSync(made.configuration, 'utf8');
    assert.match(text, /"head": "arcface"/);
    assert.match(text, /"trainableFrom": "Logits",\s+"epochs": 100,\s+"learningRate": 1,/);
    assert.equal(basename(vscode.window.activeTextEditor!.document.fileName), basename(made.configuration));
  });

  it('Fine-Tune sets people aside: they become the pairs and are left out of the training', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const people = Array.from({ length: 10 }, (_, index) => [`Person ${index}`, 12] as const);
    const dataDir = writeDataset('many', Object.fromEntries(people));
    const title = async (part: string): Promise<unknown> =>
      eventually(`the question ${part}`, async () => (await outside<string>('quickTitle')).includes(part), 30_000);
    const asked = vscode.commands.executeCommand<Made>('facenet.fineTune', dataDir);
    await title('(1/5)');
    await eventually('what to know of the faces', async () =>
      (await outside<string>('quickText')).includes('These faces were not aligned here'),
    );
    await outside('key', { key: 'Enter' });
    for (const [number, row] of [
      [2, 'Starter'],
      [3, 'Recommended'],
    ] as const) {
      await title(`(${number}/5)`);
      await eventually('its rows', async () => (await outside<string>('quickText')).includes(row));
      await outside('key', { key: 'Enter' });
    }
    await title('(4/5)');
    const [first] = await eventually('the ways to measure', async () => {
      const rows = await outside<string[]>('quickRows');
      return rows.length >= 3 && rows;
    });
    assert.match(first!, /Set 2 people aside.*Not trained with: 120 pairs of them/s);
    await outside('key', { key: 'Enter' });
    await title('(5/5)');
    await eventually('the summary', async () => {
      const shown = (await outside<string[]>('quickRows')).join('\n');
      return shown.includes('2 people set aside') && shown.includes('8 people, 96 images');
    });
    await outside('pick', { text: 'Save as configuration' });
    const made = await asked;
    const text = readFileSync(made.configuration, 'utf8');
    const pairs = /"pairs": "(\.facenet\/pairs\/many-set-aside\.txt)"/.exec(text)?.[1];
    assert.ok(pairs !== undefined, text);
    assert.match(text, /"title": "many"/);
    assert.match(text, /"validationSplitRatio": 0\.15/);
    assert.ok(text.includes(`"excludePeople": "${pairs}"`), text);
    const named = new Set(readFileSync(workspace(pairs), 'utf8').match(/Person \d/g));
    assert.equal(named.size, 2);
    remove('many');
  });
});
