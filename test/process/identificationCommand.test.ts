import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { identificationReportSchema } from '../../src/protocol/identificationReport';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function identification(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = [distFile('cli.cjs'), 'evaluate-identification', 'm', ...argv];
  return spawnSync(process.execPath, program, { cwd: folder, encoding: 'utf8' });
}

/** Four people with two images: the first of three is enrolled, the second asked for; the fourth is a stranger. */
before(async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network).variables);
  await writeCheckpoint(join(folder, 'm', 'model-m.ckpt-1'), weights);
  await writeNoiseFaces(join(folder, 'faces'), { people: 4, images: 2, size: 160 });
  for (const person of readdirSync(join(folder, 'faces')).sort()) {
    const [first, second] = readdirSync(join(folder, 'faces', person)).sort();
    const stranger = person === 'person_3';
    const put = (name: string, to: string): void => {
      mkdirSync(join(folder, to), { recursive: true });
      copyFileSync(join(folder, 'faces', person, name), join(folder, to, name));
    };
    if (!stranger) put(first!, join('gallery', person));
    put(second!, join('probes', stranger ? 'unknown' : person));
  }
});

test('who is enrolled is looked up, a stranger is nobody, and little data is said to be little', () => {
  const result = identification('gallery', 'probes', '--far', '0.5', '0.01', '--fpir', '0.1', '--json', 'r.json');
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /^Gallery: 3 people, 3 images$/m);
  assert.match(result.stdout, /^Probes: 3 images of enrolled people, 1 of unknown people$/m);
  assert.match(result.stdout, /^Rank-1: 100\.0 % \(3 of 3; 95 % interval 43\.9 % to 100\.0 %\)$/m);
  assert.match(result.stdout, /^TAR at FAR 50\.0 %: .*FAR achieved \S+ % \(\d of 9;/m);
  assert.match(
    result.stdout,
    /^TAR at FAR 1\.0 %: insufficient data \(comparisons with other people: 9\): 33\.3 % is/m,
  );
  assert.match(result.stdout, /^DIR at FPIR 10\.0 %: insufficient data \(images of unknown people: 1\): 100\.0 % is/m);
  const report = identificationReportSchema.parse(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')));
  assert.deepEqual([report.rank1.hits, report.probes.unknown, report.verification.length], [3, 1, 2]);
  assert.match(identification('gallery', 'probes', '--json', 'r.json').stderr, /r\.json exists already/);

  const page = (...argv: string[]) =>
    spawnSync(process.execPath, [distFile('cli.cjs'), 'report', 'r.json', '--html', 'r.html', ...argv], {
      ...{ cwd: folder, encoding: 'utf8' },
    });
  assert.match(page('--threshold', '1').stderr, /of an identification, which has no pairs/);
  assert.equal(page().status, 0);
  assert.match(readFileSync(join(folder, 'r.html'), 'utf8'), /3 of 3; 95 % interval 43\.9 % to 100\.0 %/);
  assert.match(page().stderr, /r\.html exists already/);
});

test('what cannot be measured is told in one sentence', () => {
  mkdirSync(join(folder, 'empty'));
  for (const [argv, pattern] of [
    [['gallery', 'probes', '--far', '2'], /--far has 2, which is no rate between 0 and 1/],
    [['gallery', 'nowhere'], /nowhere/],
    [['empty', 'probes'], /empty/],
    [['gallery', 'strangers'], /No image of .*strangers is of a person of .*gallery/],
  ] as const) {
    if (argv[1] === 'strangers') {
      mkdirSync(join(folder, 'strangers'));
      renameSync(join(folder, 'probes', 'unknown'), join(folder, 'strangers', 'unknown'));
    }
    const result = identification(...argv);
    assert.equal(result.status, 1, result.stdout);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  }
});
