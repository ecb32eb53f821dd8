// The same suite in desktop VS Code: `node test/integration/desktop.mjs`. VSCODE_EXECUTABLE names an installed one,
// VSCODE_VERSION another version to download than the oldest that the manifest supports. Last line: the count.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { newSandbox, writeSettings } from '../e2e/host/server.mjs';
import { measureSlowness } from '../fixtures/deadlines.mjs';
import { report } from './report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const offline = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENETUNREACH']);

function oldestSupported() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return engines.vscode.replace(/^\^/, '');
}

measureSlowness();
const sandbox = newSandbox('desktop');
writeSettings(sandbox);
const resultFile = join(sandbox.dir, 'result.json');
mkdirSync(join(root, 'build'), { recursive: true });
try {
  await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE,
    version: process.env.VSCODE_VERSION ?? oldestSupported(),
    cachePath: join(root, 'build', 'vscode'),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist', 'integration', 'index.cjs'),
    extensionTestsEnv: { FACENET_TEST_RESULT: resultFile },
    launchArgs: [
      ...[sandbox.workspace, '--user-data-dir', sandbox.user, '--extensions-dir', sandbox.extensions],
      ...[
        '--disable-workspace-trust',
        '--skip-welcome',
        '--skip-release-notes',
        '--disable-telemetry',
        '--disable-gpu',
      ],
    ],
  });
} catch (error) {
  if (!existsSync(resultFile) && offline.has(error?.code)) {
    console.log(`skipped: VS Code cannot be downloaded here (${error.message}); VSCODE_EXECUTABLE may name one`);
    sandbox.remove();
    console.log('0 passed, 0 failed, 1 skipped');
    process.exit(0);
  }
  // Failed tests reject as well: the result file tells which.
  if (!existsSync(resultFile)) console.error(error);
}
const result = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : undefined;
const counts = result === undefined ? { passed: 0, failed: 1, skipped: 0 } : report(result);
if (counts.failed === 0) sandbox.remove();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
