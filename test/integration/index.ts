// Entry of extensionTestsPath: VS Code calls run() inside its extension host, desktop and server alike.
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { within } from '../fixtures/deadlines.mjs';
import { skipReasons } from './skip';

/** What the runner outside reads; its absence means that the extension host died. */
export interface SuiteResult {
  vscode: string;
  node: string;
  host: string;
  failures: number;
  tests: { title: string; state: 'passed' | 'failed' | 'skipped'; milliseconds?: number; reason?: string }[];
}

export async function run(): Promise<void> {
  const theme = process.env['FACENET_TEST_THEME'] ?? '';
  if (theme !== '')
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, vscode.ConfigurationTarget.Global);
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: within(30_000), reporter: 'spec' });
  const search = process.env['FACENET_TEST_NAME'];
  if (search !== undefined) mocha.grep(new RegExp(search, 'i'));
  for (const name of readdirSync(join(__dirname, 'suite')).sort()) {
    if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, 'suite', name));
  }
  mocha.suite.afterEach(async () => vscode.commands.executeCommand('notifications.clearAll'));
  const result: SuiteResult = {
    vscode: vscode.version,
    node: process.version,
    host: vscode.env.appHost,
    failures: 0,
    tests: [],
  };
  result.failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) =>
      result.tests.push({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }),
    );
    runner.on('fail', (test, error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      result.tests.push({ title: test.fullTitle(), state: 'failed', reason });
    });
    runner.on('pending', (test) => {
      const reason = skipReasons().get(test.fullTitle()) ?? 'no reason given';
      result.tests.push({ title: test.fullTitle(), state: 'skipped', reason });
    });
  });
  const file = process.env['FACENET_TEST_RESULT'];
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.partial`, JSON.stringify(result, undefined, 2));
    renameSync(`${file}.partial`, file);
  }
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.tests.length} tests failed`);
}
