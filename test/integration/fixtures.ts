// Folders that tests make inside the workspace of the window, and the extension that they look at.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import * as vscode from 'vscode';
import type { TestApi } from '../../extension/extension';
import type { Notice } from '../../extension/notices';
import { noisePixels } from '../fixtures/noisePixels';

/** The folder that the window has open. */
export function workspace(...parts: string[]): string {
  return join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, ...parts);
}

/** The activated extension's test API. */
export async function extension(): Promise<TestApi> {
  const found = vscode.extensions.getExtension<TestApi>('facenet-workbench.facenet-workbench');
  if (found === undefined) throw new Error('the extension is not installed in this window');
  return found.activate();
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** A PNG of RGB pixels in rows from the top, so that a test needs no native encoder inside the extension host. */
function pngOf(width: number, height: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => [
    Buffer.from([0]),
    pixels.subarray(3 * width * y, 3 * width * (y + 1)),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PNG of one colour. */
export function png(width: number, height: number, colour: readonly [number, number, number]): Buffer {
  return pngOf(
    width,
    height,
    new Uint8Array(3 * width * height).map((_, i) => colour[i % 3]!),
  );
}

/** Writes a file below the workspace and returns its path. */
export function write(path: string, content: string | Uint8Array): string {
  const full = workspace(path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** A dataset of `images` pictures of each person, all different; returns its path. */
export function writeDataset(path: string, people: Record<string, number>): string {
  let shade = 1;
  for (const [person, images] of Object.entries(people)) {
    for (let index = 1; index <= images; index++) {
      const name = `${person}_${String(index).padStart(4, '0')}.png`;
      write(join(path, person, name), png(32, 32, [shade % 256, (shade * 7) % 256, (shade * 31) % 256]));
      shade++;
    }
  }
  return workspace(path);
}

/** A dataset of patterned noise, whose people a network can tell apart; returns its path. */
export function writeNoise(path: string, options: { people: number; images: number; size: number }): string {
  for (const { person, file, data } of noisePixels(options)) {
    write(join(path, person, file), pngOf(options.size, options.size, data));
  }
  return workspace(path);
}

/** The same as `writeDataset` with the record of an alignment, as the starter wants faces. */
export function writeAligned(path: string, people: Record<string, number>): string {
  const cut = {
    detector: 'starter',
    alignment: 'landmarks',
    chip: 'mean-face',
    imageSize: 150,
    margin: 0,
    detectMultipleFaces: false,
  };
  const record = { version: 1, ...cut, source: '/photographs', createdAt: '2026-01-01T00:00:00Z' };
  write(join(path, 'alignment.json'), JSON.stringify(record));
  return writeDataset(path, people);
}

export function remove(path: string): void {
  rmSync(workspace(path), { recursive: true, force: true, maxRetries: 5 });
}

/** Runs a command and returns what it answered together with the notifications that it caused. */
export async function run<T>(id: string, argument?: unknown): Promise<{ value: T | undefined; notices: Notice[] }> {
  const { notices } = await extension();
  const shown: Notice[] = [];
  const listening = notices.onDidShow((notice) => shown.push(notice));
  try {
    const value = await vscode.commands.executeCommand<T | undefined>(id, argument);
    return { value, notices: shown };
  } finally {
    listening.dispose();
  }
}

/** Clears settings that a test has written. */
export async function forgetSettings(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('facenet');
  for (const name of ['datasets', 'pretrainedModels', 'lfw', 'nodePath', 'engine']) {
    await settings.update(name, undefined, vscode.ConfigurationTarget.Workspace);
  }
}

/** A row as it is read in a tree: label and description. */
export function textOf({ label, description }: vscode.TreeItem): { label: string; description: string } {
  return {
    label: typeof label === 'string' ? label : (label?.label ?? ''),
    description: typeof description === 'string' ? description : '',
  };
}
