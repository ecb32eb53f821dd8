// What every walk needs: waiting by looking, and what the run folders say.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../fixtures/deadlines.mjs';

/** Text without the line breaks and thin spaces of the layout. */
export const plain = (text) => text.replace(/\s+/g, ' ').trim();

/** Records of the runs in a workspace with their folders. */
export function runsIn(workspace) {
  const runs = join(workspace, '.facenet', 'runs');
  return (existsSync(runs) ? readdirSync(runs) : [])
    .map((name) => join(runs, name))
    .filter((folder) => existsSync(join(folder, 'run.json')))
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) }));
}

/** Whether this comes to pass; what it fails with is of no interest. */
export const happens = (promise) =>
  promise.then(
    () => true,
    () => false,
  );

/** Waits until `condition` gives something; fails with what is awaited after `minutes`, longer on a slow machine. */
export async function until(what, condition, minutes) {
  const patience = within(minutes * 60_000);
  const deadline = Date.now() + patience;
  for (;;) {
    const result = await condition();
    if (result) return result;
    assert.ok(Date.now() < deadline, `waited ${(patience / 60_000).toFixed(1)} min until ${what}`);
    await sleep(200);
  }
}
