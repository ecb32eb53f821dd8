// npm run bench -- charts: a run of a million steps in the Run tab. The page's part in a headless Chromium
// (test/e2e/pages/million.mjs; left out, saying so, where there is none), the host's part here: reading its log.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendEvents, emptySeries, snapshotOf } from '../src/series/runSeries';
import { LogReader } from '../src/run/logReader';
import type { Measurement } from './measurement';

const steps = 1_000_000;
const noChromium = 3;

interface PageFigures {
  drawn: number;
  frame: { p50: number; p95: number; worst: number; work: number };
  seen: { p50: number; p95: number };
  heap: number;
}

async function readLog(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  try {
    const line = (step: number): string =>
      JSON.stringify({
        type: 'step',
        time: 1_772_442_000_000 + step,
        step,
        epoch: 1,
        phase: 'classifier',
        loss: 3 / step,
        crossEntropy: 2.9 / step,
        regularization: 0.1 / step,
        accuracy: 0.5,
        learningRate: 0.1,
        imagesPerSecond: 181.25,
        residentBytes: 640_123_456,
        tensorBytes: 96_000_000,
      });
    const log = join(folder, 'metrics.jsonl');
    writeFileSync(log, Array.from({ length: steps }, (_, index) => `${line(index + 1)}\n`).join(''));
    const series = emptySeries();
    const start = performance.now();
    const reader = new LogReader(log, 'beginning', {
      appended: (events) => void appendEvents(series, events),
      restarted: () => undefined,
    });
    await reader.readOn();
    const read = performance.now() - start;
    const copyStart = performance.now();
    const { steps: columns } = snapshotOf(series);
    const copied = performance.now() - copyStart;
    if (columns.step.length !== steps) throw new Error(`${columns.step.length} steps were read`);
    const bytes = Object.values(columns).reduce((sum, { byteLength }) => sum + byteLength, 0);
    return [
      { name: 'host reads a log of 1 000 000 steps', value: read, unit: 'ms' },
      { name: 'snapshot for the page', value: copied, unit: 'ms', note: `${(bytes / 1e6).toFixed(0)} MB` },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function showPage(): Measurement[] {
  const script = join('test', 'e2e', 'pages', 'million.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === noChromium) {
    console.error('charts: the page is left out');
    return [];
  }
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  const { drawn, frame, seen, heap } = JSON.parse(stdout) as PageFigures;
  const note = `95 %: ${frame.p95.toFixed(1)} ms, worst ${frame.worst.toFixed(1)} ms, main thread busy ${frame.work.toFixed(1)} ms`;
  return [
    { name: 'page draws 1 000 000 steps first', value: drawn, unit: 'ms', note: `heap ${(heap / 1e6).toFixed(0)} MB` },
    { name: 'frame while they are moved, median', value: frame.p50, unit: 'ms', note },
    {
      name: 'one more step until it is drawn, median',
      value: seen.p50,
      unit: 'ms',
      note: `95 %: ${seen.p95.toFixed(0)} ms`,
    },
  ];
}

/** The host's part and, where there is a Chromium, the page's. */
export async function run(): Promise<Measurement[]> {
  return [...(await readLog()), ...showPage()];
}
