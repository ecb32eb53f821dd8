// npm run manifest: writes into package.json what VS Code has to know of the pages before it loads the extension: the tabs
// that it is activated for when they come back.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { pageEntries } from './pageEntries.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8'));
const comingBack = 'onWebviewPanel:';
manifest.activationEvents = [
  ...manifest.activationEvents.filter((event) => !event.startsWith(comingBack)),
  ...Object.keys(pageEntries(root)).map((name) => `${comingBack}facenet.${name}`),
];
const options = { ...(await resolveConfig(file)), filepath: file };
writeFileSync(file, await format(JSON.stringify(manifest), options));
