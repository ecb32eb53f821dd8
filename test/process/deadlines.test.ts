// test/fixtures/deadlines.mjs in processes of its own, as the programs that start tests use it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { installationRoot } from '../../src/engine/installation';

const address = pathToFileURL(join(installationRoot(), 'test', 'fixtures', 'deadlines.mjs')).href;

/** What the expression gives after a measurement, in a process that was given this factor or none. */
function answer(expression: string, slowness?: string): number {
  const source = `
    const { measureSlowness, promised, within } = await import(${JSON.stringify(address)});
    measureSlowness();
    process.stderr.write(JSON.stringify(${expression}));`;
  const env = { ...process.env, FACENET_TEST_SLOWNESS: slowness };
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { env, encoding: 'utf8' });
  return Number(stderr);
}

test('waits follow the factor that a process was given, which measures nothing', () => {
  assert.equal(answer('within(200)', '3.5'), 700);
  const milliseconds = answer(
    '(() => { const t = performance.now(); measureSlowness(); return performance.now() - t })()',
    '2',
  );
  assert.ok(milliseconds < 100, `${milliseconds} ms`);
});

test('a measured machine waits never shorter, and not for ever', () => {
  const waits = answer('within(1000)');
  assert.ok(waits >= 1000 && waits <= 10_000, `${waits} ms`);
});

test('no slowness excuses more than what was promised', () => {
  const [slow, usual] = [answer('promised(1000)', '10'), answer('promised(1000)', '1')];
  // The load of the machine, which decides, may change a little between the two.
  assert.ok(slow >= 1000 && slow < 3 * usual, `${slow} ms, ${usual} ms`);
});
