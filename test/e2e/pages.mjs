// node test/e2e/pages.mjs [run|lfw|checkpoint|gallery|runs|alignment|recognize|compare|classification|identification|looks|language|exported|leaks]: the pages in Chromium without VS Code,
// in every theme, narrow and wide. Pictures go to build/screenshots/pages; look at them after every change of the pages.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import { Checks } from './checks.mjs';
import { launchBrowser } from './host/workbench.mjs';
import { alignmentPageChecks } from './pages/alignmentPage.mjs';
import { checkpointPageChecks } from './pages/checkpointPage.mjs';
import { classificationPageChecks } from './pages/classificationPage.mjs';
import { comparePageChecks } from './pages/comparePage.mjs';
import { exportedModelChecks } from './pages/exportedModel.mjs';
import { galleryPageChecks } from './pages/galleryPage.mjs';
import { identificationPageChecks } from './pages/identificationPage.mjs';
import { languageChecks } from './pages/language.mjs';
import { leakChecks } from './pages/leaks.mjs';
import { lfwPageChecks } from './pages/lfwPage.mjs';
import { lookChecks } from './pages/looks.mjs';
import { pictures } from './pages/openPage.mjs';
import { buildPages, servePages } from './pages/pageServer.mjs';
import { recognizePageChecks } from './pages/recognizePage.mjs';
import { runsPageChecks } from './pages/runsPage.mjs';
import { runPageChecks } from './pages/runPage.mjs';
import { measureSlowness } from '../fixtures/deadlines.mjs';

const scriptLimit = 250_000;

/** Runs all checks of the pages, or of the one that is named. */
export async function checkPages(checks, only) {
  mkdirSync(pictures, { recursive: true });
  const { fixtures, scriptBytes } = await buildPages();
  for (const [name, bytes] of Object.entries(scriptBytes)) {
    await checks.check(`the script of the ${name} page weighs ${(bytes / 1000).toFixed(0)} kB`, async () => {
      assert.ok(bytes < scriptLimit, `${bytes} bytes are more than ${scriptLimit}`);
    });
  }
  const server = await servePages(fixtures);
  const profile = mkdtempSync(join(tmpdir(), 'facenet-pages-'));
  const browser = await launchBrowser({ browser: profile });
  try {
    const suites = {
      looks: lookChecks,
      run: runPageChecks,
      lfw: lfwPageChecks,
      checkpoint: checkpointPageChecks,
      gallery: galleryPageChecks,
      runs: runsPageChecks,
      alignment: alignmentPageChecks,
      recognize: recognizePageChecks,
      compare: comparePageChecks,
      classification: classificationPageChecks,
      identification: identificationPageChecks,
      language: languageChecks,
      exported: exportedModelChecks,
    };
    const asked = Object.entries(suites).filter(([name]) => only === undefined || only === name);
    // Most of a check is waiting; each has a page of its own.
    await pMap(asked, async ([, suite]) => suite(checks, browser, server.base, fixtures), { concurrency: 2 });
    // What is counted here are things of a process, which pages may share.
    if (only === undefined || only === 'leaks') await leakChecks(checks, browser, server.base, fixtures);
  } finally {
    await browser.close();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  measureSlowness();
  const checks = new Checks();
  await checkPages(checks, process.argv[2]);
  checks.close();
}
