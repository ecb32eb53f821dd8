// Makes an engine folder from a TensorFlow that pip installed, for tests on a real TensorFlow:
//   python3 -m venv VENV && VENV/bin/pip install --no-deps tensorflow-cpu
//   node scripts/buildTensorflowAddon.mjs VENV FOLDER   (after node esbuild.config.mjs --only=cli)
//   FACENET_ENGINE=FOLDER node --test dist/test/process/nativeEngine.test.cjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [tensorflow, into] = process.argv.slice(2);
if (tensorflow === undefined || into === undefined) {
  console.error('usage: node scripts/buildTensorflowAddon.mjs VENV_OR_TENSORFLOW_FOLDER ENGINE_FOLDER');
  process.exit(2);
}
const cli = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
const options = ['--package', 'tfjs-node-gpu', '--tensorflow', tensorflow, '--into', into];
const { status } = spawnSync(process.execPath, [cli, 'engine', 'install', ...options], { stdio: 'inherit' });
process.exit(status ?? 1);
