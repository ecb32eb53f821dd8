import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ComparePanel } from '../../../extension/recognize/comparePanel';
import type { RecognizePanel } from '../../../extension/recognize/recognizePanel';
import type { ShownPhotograph } from '../../../src/protocol/webview';
import { extension, png, remove, run, textOf, workspace, write } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

describe('Recognizing faces', () => {
  const people = workspace('drawn', 'photos', 'train');
  const gallery = workspace('drawn.gallery');
  const photographOf = (person: string): string => join(people, person, readdirSync(join(people, person)).sort()[0]!);
  const facesOf = ({ found }: ShownPhotograph): readonly { nearest: readonly { name: string; file: string }[] }[] =>
    found !== undefined && 'faces' in found ? found.faces : [];
  const panels = async (): Promise<RecognizePanel[]> =>
    (await extension()).panels.all.filter((panel): panel is RecognizePanel => panel.state.kind === 'recognize');

  before(async () => {
    const { commandLine, library } = await extension();
    mkdirSync(workspace(), { recursive: true });
    const draw = ['demo', '--output_dir', workspace('drawn'), '--people', '4', '--photographs', '4', '--draw_only'];
    const { code, stderr } = await commandLine.run(draw, { cwd: workspace() });
    assert.equal(code, 0, stderr);
    library.refresh();
  });
  after(async () => {
    for (const panel of (await extension()).panels.all) panel.close();
    for (const path of ['drawn', 'drawn.gallery', 'grey.png']) remove(path);
    (await extension()).library.refresh();
  });

  it('asks for a gallery first, in a sentence', async () => {
    const { notices } = await run('facenet.recognize', vscode.Uri.file(photographOf(readdirSync(people)[0]!)));
    assert.match(notices[0]!.text, /There is no gallery in this workspace.*Enrol the people of a dataset first/);
  });

  it('enrols the people of a dataset, whose gallery is below its model in the tree', async () => {
    const { value, notices } = await run<string>('facenet.enrolPeople', { folder: people, model: 'starter', gallery });
    assert.equal(value, gallery, notices[0]?.text);
    assert.match(notices.at(-1)!.text, /Enrolled in .*: 4 people, 16 faces\./);
    const { trees } = await extension();
    const [starter] = await trees.checkpoints.getChildren();
    const [first] = await trees.checkpoints.getChildren(starter);
    assert.equal(textOf(trees.checkpoints.getTreeItem(first!)).label, 'drawn.gallery');
  });

  it('takes the gallery of a model that is to be tried', async () => {
    const { value, notices } = await run<number>('facenet.recognize', { model: 'starter', people });
    assert.equal(value, 0, notices[0]?.text);
    const [panel] = await panels();
    assert.deepEqual(panel!.state, { kind: 'recognize', gallery, opened: [] });
    panel!.close();
  });

  it('names the faces of photographs, and says what is no photograph', async function () {
    const [ada] = readdirSync(people).sort();
    const grey = write('grey.png', png(64, 64, [120, 120, 120]));
    const files = [photographOf(ada!), grey, workspace('gone.jpg')];
    const { value, notices } = await run<number>(
      'facenet.recognize',
      files.map((file) => vscode.Uri.file(file)),
    );
    assert.equal(value, 3, notices[0]?.text);
    const [panel] = await panels();
    const [known, empty, gone] = await eventually(
      'every photograph was looked at',
      () => panel!.shown.every(({ found }) => found !== undefined) && panel!.shown,
      60_000,
    );
    const [face] = facesOf(known!);
    assert.equal(face?.nearest[0]?.name, ada, JSON.stringify(known));
    assert.ok(existsSync(face!.nearest[0]!.file), 'the picture of the enrolled person is found');
    assert.deepEqual(facesOf(empty!), []);
    assert.match((gone!.found as { problem: string }).problem, /gone\.jpg/);
    if (!hasOutside) skip(this, 'the page is used from outside');
    const shown = async (selector: string): Promise<string> => outside<string>('webviewText', { selector });
    await eventually('the name on the page', async () =>
      (await shown('.answer-name')).includes(ada!.replaceAll('_', ' ')),
    );
    await eventually('pictures of those enrolled', async () =>
      outside<string | null>('webviewAttribute', { selector: '.enrolled img', name: 'src' }),
    );
    await outside('screenshot', { name: 'recognize-page' });
  });

  it('holds faces of photographs against each other, at no threshold as long as nobody has measured the model', async function () {
    const [ada, grace] = readdirSync(people).sort();
    const grey = write('grey.png', png(64, 64, [120, 120, 120]));
    const photographs = [photographOf(ada!), photographOf(grace!), grey];
    const { value, notices } = await run<number>('facenet.compareFaces', { photographs, model: 'starter' });
    assert.equal(value, 2, notices[0]?.text);
    const panel = (await extension()).panels.all.find((other): other is ComparePanel => other.state.kind === 'compare');
    assert.deepEqual(
      panel!.result?.images.map(({ path }) => path),
      photographs.slice(0, 2),
    );
    assert.ok(panel!.result.distances[0]![1]! > 0.1);
    assert.equal(panel!.result.threshold, undefined);
    assert.deepEqual(
      [...panel!.said].filter((note) => note.startsWith('No face')),
      ['No face was found in grey.png.'],
    );
    if (hasOutside) {
      const shown = async (): Promise<string> => outside<string>('webviewText', { selector: '.compare-page' });
      await eventually('the distance on the page', async () => /No verdict\s+distance \d\.\d{4}/.test(await shown()));
      await outside('screenshot', { name: 'compare-page' });
    }
    panel!.close();
    const few = await run('facenet.compareFaces', {
      photographs: Array(21)
        .fill('x')
        .map((x, i) => `${x}${i}.jpg`),
    });
    assert.match(few.notices[0]!.text, /21 photographs are more than are compared at once \(20\)/);
    if (!hasOutside) skip(this, 'the page is used from outside');
  });

  it('refuses a file that is no gallery in a sentence', async () => {
    const file = write('not.gallery', 'nothing');
    const { notices } = await run('facenet.recognize', { gallery: file, photographs: [] });
    assert.match(notices[0]!.text, /not\.gallery is no gallery/);
    remove('not.gallery');
  });
});
