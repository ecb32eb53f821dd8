import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { IdentificationPanel } from '../../../extension/lfw/identificationPanel';
import type { ClassificationPanel } from '../../../extension/recognize/classificationPanel';
import { extension, remove, run, textOf, workspace, write } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

interface Ended {
  state: string;
  report?: string;
}

describe('A classifier of people, and an identification', () => {
  const faces = workspace('classified', 'faces');
  const others = workspace('classified', 'others');
  const classifier = workspace('classified', 'people.classifier.json');
  const panelOf = async <Panel>(kind: string): Promise<Panel> =>
    (await extension()).panels.all.find(({ state }) => state.kind === kind) as Panel;

  before(async () => {
    const { commandLine, library } = await extension();
    mkdirSync(workspace('classified'), { recursive: true });
    const drawn = workspace('classified', 'drawn');
    const draw = ['demo', '--output_dir', drawn, '--people', '4', '--photographs', '4', '--draw_only'];
    assert.equal((await commandLine.run(draw, { cwd: workspace() })).code, 0);
    const align = ['align', join(drawn, 'photos', 'train'), faces, '--image_size', '150', '--alignment', 'landmarks'];
    const { code, stderr } = await commandLine.run([...align, '--detector', 'starter'], { cwd: workspace() });
    assert.equal(code, 0, stderr);
    rmSync(drawn, { recursive: true });
    // The last face of each is one to be named; the fourth person is known to nobody.
    const people = readdirSync(faces, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const [index, { name }] of people.sort((a, b) => (a.name < b.name ? -1 : 1)).entries()) {
      mkdirSync(join(others, name), { recursive: true });
      const files = readdirSync(join(faces, name)).sort();
      for (const file of index === 3 ? files : files.slice(-1))
        renameSync(join(faces, name, file), join(others, name, file));
      if (index === 3) rmSync(join(faces, name), { recursive: true });
    }
    library.refresh();
  });
  after(async () => {
    for (const panel of (await extension()).panels.all) panel.close();
    remove('classified');
    (await extension()).library.refresh();
  });

  it('is trained as a run, and is below its model in the tree', async () => {
    const { value, notices } = await run<Ended>('facenet.trainClassifier', {
      folder: faces,
      model: 'starter',
      classifier,
    });
    assert.equal(value?.state, 'done', notices.map(({ text }) => text).join('\n'));
    assert.ok(existsSync(classifier));
    const { trees } = await extension();
    const [starter] = await trees.checkpoints.getChildren();
    const rows = (await trees.checkpoints.getChildren(starter)).map((node) => trees.checkpoints.getTreeItem(node));
    const row = rows.map(textOf).find(({ label }) => label === 'people.classifier.json');
    assert.match(row!.description, /^classifier/);
    const again = await run<Ended>('facenet.trainClassifier', { folder: faces, model: 'starter', classifier });
    assert.equal(again.value?.state, 'failed', 'what is there is not replaced');
  });

  it('names the faces of a folder, in a tab whose report is kept', async function () {
    const { value, notices } = await run<Ended>('facenet.classifyFolder', { classifier, folder: others });
    assert.equal(value?.state, 'done', notices.map(({ text }) => text).join('\n'));
    const panel = await panelOf<ClassificationPanel>('classification');
    assert.equal(panel.report.people.length, 3);
    assert.equal(panel.report.strangers.length, 1);
    assert.equal(panel.report.images.length, 7);
    assert.ok(existsSync(value.report!));
    if (hasOutside) {
      const shown = async (): Promise<string> => outside<string>('webviewText', { selector: '.classification-page' });
      await eventually('the figures on the page', async () => (await shown()).includes('Strangers left unknown'));
      await eventually(
        'pictures',
        async () => (await outside<number>('webviewCount', { selector: '.classified-face img' })) > 0,
      );
      await outside('screenshot', { name: 'classification-page' });
    }
    panel.close();
    const file = write('classified/not.classifier.json', '{}');
    const wrong = await run('facenet.classifyFolder', { classifier: file, folder: others });
    assert.match(wrong.notices[0]!.text, /not\.classifier\.json is no classifier/);
    if (!hasOutside) skip(this, 'the page is used from outside');
  });

  it('is measured, and its run opens the report', async function () {
    const same = await run('facenet.evaluateIdentification', { model: 'starter', gallery: faces, probes: faces });
    assert.match(same.notices[0]!.text, /Gallery and probes are the same folder/);
    const { value, notices } = await run<Ended>('facenet.evaluateIdentification', {
      ...{ model: 'starter', gallery: faces, probes: others, far: [0.5, 0.01] },
    });
    assert.equal(value?.state, 'done', notices.map(({ text }) => text).join('\n'));
    const panel = await panelOf<IdentificationPanel>('identification');
    assert.deepEqual(
      [panel.report.gallery.people, panel.report.probes.enrolled, panel.report.probes.unknown],
      [3, 3, 4],
    );
    assert.equal(panel.report.verification[1]!.insufficient, true, '18 comparisons cannot show one percent');
    if (hasOutside) {
      const shown = async (): Promise<string> => outside<string>('webviewText', { selector: '.identification-page' });
      await eventually('what cannot be claimed', async () => (await shown()).includes('insufficient data'));
      await outside('screenshot', { name: 'identification-page' });
    }
    panel.close();
    const folder = join(value.report!, '..', '..');
    const opened = await run<{ page: string }>('facenet.showMetrics', folder);
    assert.equal(opened.value?.page, 'identification');
    if (!hasOutside) skip(this, 'the page is used from outside');
  });
});
