// An exported TensorFlow.js model where it is meant to be used: in a browser, beside the ONNX of the same model in Node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { within } from '../../fixtures/deadlines.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const library = (name, file) => join(root, 'node_modules', '@tensorflow', name, 'dist', file);
const scripts = {
  'core.js': library('tfjs-core', 'tf-core.min.js'),
  'converter.js': library('tfjs-converter', 'tf-converter.min.js'),
  'wasm.js': library('tfjs-backend-wasm', 'tf-backend-wasm.min.js'),
};
const wasm = 'tfjs-backend-wasm-simd.wasm';
const shape = [2, 150, 150, 3];
/** Of embeddings of length 1: both compute in float32, in another order. */
const tolerance = 1e-5;

/** The starter exported by the command, loaded by a page that knows TensorFlow.js alone. */
export async function exportedModelChecks(checks, browser) {
  await checks.check(
    'an exported TensorFlow.js model loads in a browser and gives the embeddings of the ONNX one',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'facenet-exported-'));
      const server = createServer((request, response) => void answer(folder, request.url, response));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const page = await browser.newPage();
      try {
        for (const [format, path] of [
          ['tfjs', join(folder, 'model')],
          ['onnx', join(folder, 'model.onnx')],
        ])
          execFileSync(process.execPath, [
            join(root, 'dist', 'cli.cjs'),
            'export',
            'starter',
            path,
            '--format',
            format,
          ]);
        await page.goto(`http://127.0.0.1:${server.address().port}/`);
        page.setDefaultTimeout(within(60_000));
        const found = await page.evaluate(embeddingsInPage, { shape, wasm });
        const expected = await embeddingsOf(join(folder, 'model.onnx'));
        assert.equal(found.length, expected.length);
        const worst = Math.max(...found.map((value, index) => Math.abs(value - expected[index])));
        console.log(`        largest difference ${worst.toExponential(1)}`);
        assert.ok(worst < tolerance, `embeddings differ by ${worst}`);
        const [first, second] = [found.slice(0, found.length / 2), found.slice(found.length / 2)];
        const apart = Math.hypot(...first.map((value, index) => value - second[index]));
        assert.ok(apart > 100 * tolerance, 'two images have two embeddings');
      } finally {
        await page.close();
        server.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}

async function answer(folder, url, response) {
  const name = url.slice(1);
  try {
    if (name === '') {
      const tags = Object.keys(scripts).map((script) => `<script src="/${script}"></script>`);
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><link rel="icon" href="data:,">${tags.join('')}`);
    } else {
      const file = scripts[name] ?? (name === wasm ? library('tfjs-backend-wasm', wasm) : join(folder, name));
      const bytes = await readFile(file);
      if (name.endsWith('.wasm')) response.setHeader('content-type', 'application/wasm');
      response.end(bytes);
    }
  } catch (error) {
    response.statusCode = 404;
    response.end(error.message);
  }
}

/** Pixels as a prepared image has them: the same here and in the page. */
function wave(length) {
  return Float32Array.from({ length }, (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.0011));
}

async function embeddingsOf(file) {
  const session = await InferenceSession.create(file);
  const values = wave(shape.reduce((product, size) => product * size, 1));
  const { [session.outputNames[0]]: result } = await session.run({
    [session.inputNames[0]]: new Tensor('float32', values, shape),
  });
  await session.release();
  return [...result.data];
}

/** Runs in the page. */
async function embeddingsInPage({ shape, wasm }) {
  const { tf } = window;
  tf.wasm.setWasmPaths({
    [wasm]: `/${wasm}`,
    'tfjs-backend-wasm.wasm': `/${wasm}`,
    'tfjs-backend-wasm-threaded-simd.wasm': `/${wasm}`,
  });
  await tf.setBackend('wasm');
  const model = await tf.loadGraphModel('/model/model.json');
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.0011));
  return [...(await model.predict(tf.tensor(values, shape)).data())];
}
