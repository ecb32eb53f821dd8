import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identificationPage } from '../../../src/evaluate/html/identificationPage';
import { identificationReportSchema } from '../../../src/protocol/identificationReport';

const counted = (hits: number, of: number) => ({ hits, of, rate: hits / of, interval: [0.5, 0.99] });
const report = identificationReportSchema.parse({
  ...{ version: 1, createdAt: '2026-03-01T10:00:00Z', model: { path: '/m/<b>.ckpt-7', name: '<b>', step: 7 } },
  recipe: { alignment: 'landmarks', imageSize: 150, standardization: 'dlib' },
  gallery: { dir: '/work/gallery', people: 60, images: 1060 },
  probes: { dir: '/work/probes', enrolled: 162, unknown: 150 },
  rank1: counted(157, 162),
  verification: [
    { target: 0.01, insufficient: false, claimable: 0.001, at: at(0.9123) },
    { target: 0.0001, insufficient: true, claimable: 0.001, at: at(0.95) },
  ],
  identification: [{ target: 0.01, insufficient: true, claimable: 1 }],
  notes: ['Two people of <the> probes are not enrolled.'],
});

function at(threshold: number) {
  return { threshold, falseAlarms: counted(18, 18_558), found: counted(138, 162) };
}

test('a report of an identification says all that its tab shows, and nothing in it acts', () => {
  const page = identificationPage(report);
  for (const said of [
    '<title>Identification: &lt;b&gt;, step 7</title>',
    'Gallery: 60 people, 1\u202f060 images · probes: 162 images of them, 150 of strangers',
    '<strong>96.9 %</strong>',
    '157 of 162; 95 % interval 50.0 % to 99.0 %',
    '<td>TAR at FAR 1.0 %</td><td>85.2 %</td><td>50.0 % to 99.0 %</td><td>0.097 %, 18 of 18\u202f558</td><td>0.9123</td>',
    'TAR at FAR 0.01 %: insufficient data: 0.1 % is the lowest that can be claimed',
    '<td>DIR at FPIR 1.0 %: insufficient data: there are no images of unknown people</td><td>–</td>',
    'Below 3 / n no rate can be claimed',
    '<td>Gallery</td><td>/work/gallery</td>',
    '<li>Two people of &lt;the&gt; probes are not enrolled.</li>',
  ])
    assert.ok(page.includes(said), said);
  assert.doesNotMatch(page, /<script|https?:/);
});
