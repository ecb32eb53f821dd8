import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNpy, writeNpy } from '../../src/checkpoint/npy';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { comparisonSchema } from '../../src/protocol/checkpoint';
import { lfwReportSchema } from '../../src/protocol/lfwReport';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8' });
}

test('facenet inspect shows a checkpoint, its plan against a network, and the same as JSON', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network, { classes: 3 }).variables);
  await writeCheckpoint(join(folder, 'model-a.ckpt-5'), weights);
  const shown = facenet('inspect', 'model-a.ckpt-5');
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /^a \(checkpoint, step 5\)$/m);
  assert.match(shown.stdout, /squeezenet, 8-d embeddings, classifier for 3 people/);
  assert.match(shown.stdout, /^fire9 → 9×9×512: 12 variables/m);
  assert.match(shown.stdout, /^ {2}squeezenet\/conv1\/weights +\[7, 7, 3, 96\] +56\.4 kB$/m);

  const plan = facenet('inspect', folder, '--against', 'models.squeezenet', '--classes', '4');
  assert.match(plan.stdout, /106 restored, 0 new, 2 of another shape, 0 unused/);
  assert.match(plan.stdout, /other shape +Logits\/biases +file \[3\], network \[4\]/);

  const json = JSON.parse(facenet('inspect', folder, '--json', '--against', 'squeezenet').stdout) as {
    totals: { variables: number };
    stages: { name?: string }[];
    restorePlan: { counts: Record<string, number> };
  };
  assert.equal(json.totals.variables, 108);
  assert.equal(json.stages.at(-1)!.name, 'Logits');
  assert.deepEqual(json.restorePlan.counts, { restored: 106, new: 0, 'other-shape': 0, unused: 2 });

  const truncated = readFileSync(join(folder, 'model-a.ckpt-5.data-00000-of-00001')).subarray(0, 1000);
  writeFileSync(join(folder, 'model-a.ckpt-5.data-00000-of-00001'), truncated);
  assert.match(facenet('inspect', folder).stderr, /is cut off: it has 1000 of/);
});

test('facenet inspect computes statistics, compares two models, and plans for the people of a folder', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network, { classes: 3 }).variables);
  await writeCheckpoint(join(folder, 'pair', 'model-a.ckpt-5'), weights);
  const changed = weights.get('squeezenet/Bottleneck/weights')!;
  weights.set('squeezenet/Bottleneck/weights', { ...changed, data: changed.data.map((value) => 2 * value) });
  weights.set('Logits/biases', { shape: [3], data: Float32Array.of(1, NaN, Infinity) });
  await writeCheckpoint(join(folder, 'pair', 'model-b.ckpt-6'), weights);
  for (const person of ['Ada', 'Grace']) mkdirSync(join(folder, 'two', person), { recursive: true });
  const [a, b] = [join('pair', 'model-a.ckpt-5'), join('pair', 'model-b.ckpt-6')];

  const statistics = facenet('inspect', b, '--statistics');
  assert.equal(statistics.status, 0, statistics.stderr);
  assert.match(statistics.stdout, /^ {2}Logits\/biases +1\.000 +0 +1\.000 +1\.000 +0 +1 NaN, 1 infinite$/m);
  assert.match(statistics.stdout, /not finite in 1 variables: Logits\/biases/);

  const compared = facenet('inspect', a, '--compare', b);
  assert.match(compared.stdout, /106 exactly equal, 2 different, 0 without a counterpart/);
  assert.match(compared.stdout, /^ {2}fire9 +exactly equal$/m);
  assert.match(compared.stdout, /^ {2}squeezenet\/Bottleneck\/weights +\d+ values +1\.000 /m);
  const json = JSON.parse(facenet('inspect', a, '--compare', b, '--statistics', '--json').stdout) as {
    statistics: unknown[];
    comparison: unknown;
  };
  assert.equal(json.statistics.length, 108);
  assert.equal(comparisonSchema.parse(json.comparison).counts.different, 2);

  const plan = facenet('inspect', a, '--data_dir', 'two');
  assert.match(plan.stdout, /106 restored, 0 new, 2 of another shape, 0 unused/);
  assert.match(plan.stdout, /classifier for the 2 people of two/);
  assert.match(facenet('inspect', a, '--data_dir', 'two', '--classes', '2').stderr, /Leave one of them out/);
  assert.match(facenet('inspect', a, '--compare', 'nothing').stderr, /There is no model at/);
});

test('facenet inspect says in one line what is wrong', () => {
  for (const [argv, pattern] of [
    [['nothing'], /^.*There is no model at .*nothing\..*$/m],
    [['starter', '--against', 'vgg'], /There is no network named "vgg"/],
    [['starter', '--classes', '3'], /Add --against NETWORK/],
    [['starter', '--against', 'squeezenet', '--classes', '0'], /Give at least 1/],
  ] as const) {
    const result = facenet('inspect', ...argv);
    assert.equal(result.status, 1);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  }
});

test('facenet freeze writes a graph that is the same model, and replaces a file only when asked to', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network, { classes: 3 }).variables);
  await writeCheckpoint(join(folder, 'freezing', 'model-f.ckpt-5'), weights);
  const frozen = facenet('freeze', 'freezing', join('graphs', 'f.pb'));
  assert.equal(frozen.status, 0, frozen.stderr);
  assert.match(frozen.stdout, /^\d+ ops in the final graph: .*f\.pb$/m);
  assert.match(frozen.stdout, /input:0 \[N, 160, 160, 3\] \(fixed standardization\), fetch embeddings:0 \[N, 8\]/);
  assert.deepEqual(readdirSync(join(folder, 'graphs')), ['f.pb']);
  assert.match(facenet('inspect', join('graphs', 'f.pb')).stdout, /squeezenet, 8-d embeddings, no classifier/);

  const graph = join(folder, 'graphs', 'f.pb');
  const bytes = readFileSync(graph);
  writeFileSync(graph, 'mine');
  const refused = facenet('freeze', 'freezing', graph);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^facenet: .*f\.pb exists already\. .*--force\.$/m);
  assert.equal(readFileSync(graph, 'utf8'), 'mine');
  assert.equal(facenet('freeze', 'freezing', graph, '--force').status, 0);
  assert.ok(readFileSync(graph).equals(bytes));

  assert.match(facenet('freeze', 'freezing', 'graphs').stderr, /graphs is a folder, not a file/);
  assert.match(facenet('freeze', 'nothing', 'n.pb').stderr, /There is no model at/);
  await writeCheckpoint(
    join(folder, 'other', 'model-o.ckpt-1'),
    new Map([['w', { shape: [1], data: Float32Array.of(1) }]]),
  );
  const unknown = facenet('freeze', 'other', 'o.pb');
  assert.match(unknown.stderr, /holds no network that is known here/);
  assert.equal(existsSync(join(folder, 'o.pb')), false);
});

test('export_embeddings.py as it is pasted writes its three files and says which flags change nothing', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  await writeCheckpoint(
    join(folder, 'exporting', 'model-e.ckpt-5'),
    regenerableWeights(describe(network, {}).variables),
  );
  await writeNoiseFaces(join(folder, 'two-people'), { people: 2, images: 2, size: 160 });
  const script = ['python', 'contributed/export_embeddings.py', 'exporting', 'two-people'];
  const names = ['--output_dir', 'out', '--labels_name', join(folder, 'apart', 'labels.npy')];
  const exported = facenet(...script, ...names, '--margin', '32', '--image_batch', '2');
  assert.equal(exported.status, 0, exported.stderr);
  assert.match(exported.stderr, /^--margin has no effect/m);
  assert.doesNotMatch(exported.stderr, /gpu_memory_fraction|is_aligned/);
  assert.deepEqual(readdirSync(join(folder, 'out')).sort(), ['embeddings.npy', 'label_strings.npy']);
  assert.deepEqual((await readNpy(join(folder, 'out', 'embeddings.npy'))).shape, [4, 8]);
  assert.ok(existsSync(join(folder, 'apart', 'labels.npy')));

  const again = facenet(...script, ...names);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /embeddings\.npy exists already\. .*--force\.$/m);
  assert.equal(facenet(...script, ...names, '--force').status, 0);
});

test('batch_represent.py as it is pasted prints its lines and writes signatures and the gallery of labels', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  await writeCheckpoint(
    join(folder, 'representing', 'model-e.ckpt-5'),
    regenerableWeights(describe(network, {}).variables),
  );
  await writeNoiseFaces(join(folder, 'three'), { people: 3, images: 2, size: 160 });
  const words = ['python', 'contributed/batch_represent.py', '-d', 'three', '-o', 'arrays', '--batch_size', '4'];
  const represented = facenet(...words, '--trained_model_dir', 'representing');
  assert.equal(represented.status, 0, represented.stderr);
  assert.match(represented.stdout, /^Generating embeddings from images\.\.\.$/m);
  assert.match(represented.stdout, /^Forward pass took avg of \d+\.\d{3}\[seconds\/image\] for 6 images$/m);
  assert.match(represented.stdout, /^Finally saving embeddings and gallery to: .*arrays$/m);
  assert.deepEqual(readdirSync(join(folder, 'arrays')).sort(), ['gallery.npy', 'signatures.npy']);
  assert.deepEqual([...(await readNpy(join(folder, 'arrays', 'gallery.npy'))).data].map(Number), [0, 0, 1, 1, 2, 2]);
  const signatures = await readNpy(join(folder, 'arrays', 'signatures.npy'));
  assert.deepEqual(signatures.shape, [6, 8]);
  assert.ok(signatures.data instanceof Float64Array);
  assert.ok(Math.abs(Math.hypot(...signatures.data.subarray(0, 8)) - 1) < 1e-6);
  assert.match(facenet(...words, '--trained_model_dir', 'representing').stderr, /signatures\.npy exists already/);
});

test('facenet evaluate prints the four lines and writes a report', async () => {
  const pairs = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? `P${i}\t1\t2` : `P${i}\t1\tQ${i}\t1`));
  writeFileSync(join(folder, 'pairs.txt'), ['10\t2', ...pairs].join('\n') + '\n');
  // The two of a pair of one person are equal, those of two people opposite.
  const rows = pairs.flatMap((_, i) => {
    const [x, y] = [Math.cos(i), Math.sin(i)];
    return i % 2 === 0 ? [x, y, x, y] : [x, y, -x, -y];
  });
  await writeNpy(join(folder, 'emb.npy'), { shape: [80, 2], data: Float64Array.from(rows) });
  const result = facenet('evaluate', 'emb.npy', 'pairs.txt', '--distance_metric', '1', '--json', 'report.json');
  assert.equal(result.status, 0, result.stderr);
  const lines = result.stdout.trim().split('\n');
  assert.equal(lines.length, 8);
  assert.equal(lines[0], 'Accuracy: 1.00000+-0.00000');
  assert.equal(lines[3], 'Equal Error Rate (EER): 0.000');
  assert.match(lines[4]!, /^Pairs told right: 100\.0 % \(40 of 40; 95 % interval /);
  assert.match(lines[7]!, /^TAR at FAR 0\.1 %: insufficient data \(pairs of two people: 20\)/);
  const report = lfwReportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
  assert.deepEqual([report.pairs.used, report.pairs.same, report.recipe.imageSize], [40, 20, undefined]);
  assert.equal(report.distances[1]!.b, 'Q1/Q1_0001');

  writeFileSync(join(folder, 'short.txt'), pairs.slice(1).join('\n'));
  assert.match(facenet('evaluate', 'emb.npy', 'short.txt').stderr, /has 80 rows, but the 39 pairs of .* need 78/);
  writeFileSync(join(folder, 'wrong.txt'), [...pairs.slice(1), 'P1 1'].join('\n'));
  assert.match(
    facenet('evaluate', 'emb.npy', 'wrong.txt').stderr,
    /Line 40 of .*wrong\.txt is no pair: it has 2 fields/,
  );
  await writeNpy(join(folder, 'nan.npy'), { shape: [80, 1], data: new Float32Array(80).fill(NaN) });
  assert.match(
    facenet('evaluate', 'nan.npy', 'pairs.txt').stderr,
    /Row 0 of .*nan\.npy holds a value that is not a finite number/,
  );
});
