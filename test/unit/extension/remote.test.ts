// What must hold for a workspace on another machine, and for a user who wants nothing of his to leave it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { installationRoot } from '../../../src/engine/installation';

const root = installationRoot();

/** Source texts below a folder, by their paths. */
function sources(folder: string): [string, string][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|css)$/.test(name))
    .map((name) => [`${folder}/${name.replaceAll('\\', '/')}`, readFileSync(join(root, folder, name), 'utf8')]);
}

/** Files of the folders whose text shows the pattern. */
function showing(pattern: RegExp, ...folders: string[]): string[] {
  return folders
    .flatMap((folder) => sources(folder))
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => path);
}

describe('remote workspaces', () => {
  test('the extension runs where the images are, never beside the screen alone', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(manifest['extensionKind'], ['workspace']);
    assert.equal(manifest['browser'], undefined);
    assert.equal(
      (manifest['capabilities'] as { virtualWorkspaces: { supported: boolean } }).virtualWorkspaces.supported,
      false,
    );
  });

  test('the file manager of the desktop is asked for in one place only, which looks whether the file is there', () => {
    assert.deepEqual(showing(/revealFileInOS/, 'extension'), ['extension/workspace/reveal.ts']);
    assert.match(readFileSync(join(root, 'extension', 'workspace', 'reveal.ts'), 'utf8'), /remoteName/);
  });

  test('pages are given addresses of images by the webview itself, never paths of a disk', () => {
    assert.deepEqual(showing(/file:\/\//, 'extension', 'webview'), []);
    assert.deepEqual(showing(/vscode-resource|vscode-webview-resource/, 'extension', 'webview'), []);
  });

  test('nothing is sent anywhere: no telemetry, no request, no secret; one address is opened when it is asked for', () => {
    assert.deepEqual(showing(/telemetry|TelemetryLogger|applicationinsights/i, 'extension', 'webview', 'src'), []);
    assert.deepEqual(showing(/\bfetch\(|XMLHttpRequest|WebSocket|node:https?'|sendBeacon/, 'extension', 'webview'), []);
    // LFW's own page, in the browser, when its button is pressed.
    assert.deepEqual(showing(/openExternal/, 'extension', 'webview'), ['extension/fineTune/measureQuestion.ts']);
    assert.deepEqual(showing(/\.secrets\b|SecretStorage|apiKey/i, 'extension', 'webview', 'src'), []);
    // A file host's page that asks for a password is recognised, and never answered; a proxy's is left out of what is told.
    const known = ['src/download/hostPage.ts', 'src/download/proxiedFetch.ts'];
    const others = showing(/password/i, 'extension', 'webview', 'src').filter(
      // That of a worker's own socket is made on the machine and stays there (SECURITY.md).
      (path) => !path.startsWith('src/control/') && path !== 'src/protocol/control.ts',
    );
    assert.deepEqual(others, known);
  });
});
