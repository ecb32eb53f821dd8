// Reporter for `node --test`: failures in full, every skip with its reason, and the count as the last line.
import { relative } from 'node:path';
import { inspect } from 'node:util';

/** The error that a test threw, without the runner's wrapping. */
function describe(error) {
  const cause = error?.code === 'ERR_TEST_FAILURE' && error.cause !== undefined ? error.cause : error;
  return (
    cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : inspect(cause)
  ).replace(/^/gm, '    ');
}

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const reasons = new Map();
  /** Per file, by depth: the outcomes of the children of the test that is reported next. */
  const children = new Map();

  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const depths = children.get(data.file) ?? [];
    children.set(data.file, depths);
    const below = depths[data.nesting + 1];
    depths[data.nesting + 1] = undefined;
    const own = (depths[data.nesting] ??= { failed: 0 });
    const isFailure = type === 'test:fail' && data.todo === undefined;
    if (isFailure) own.failed++;
    // Not asked for by --test-name-pattern.
    if (data.skip === 'test name does not match pattern') continue;
    // A parent counts only for what is its own: its children have been counted.
    if (below !== undefined && (!isFailure || below.failed > 0)) continue;
    if (below === undefined && data.details?.type === 'suite' && !isFailure && data.skip === undefined) continue;

    const where = data.file === undefined ? '' : ` (${relative(process.cwd(), data.file)})`;
    if (data.skip !== undefined || data.todo !== undefined) {
      const reason = data.skip ?? data.todo;
      if (typeof reason !== 'string' || reason === '') {
        failed++;
        yield `not ok: ${data.name}${where}\n    skipped without a reason\n`;
        continue;
      }
      skipped++;
      reasons.set(reason, [...(reasons.get(reason) ?? []), data.name]);
    } else if (isFailure) {
      failed++;
      yield `not ok: ${data.name}${where}\n${describe(data.details.error)}\n`;
    } else {
      passed++;
      if (data.details.duration_ms > 10_000)
        yield `slow: ${data.name}${where}: ${(data.details.duration_ms / 1000).toFixed(1)} s\n`;
    }
  }
  for (const [reason, names] of reasons) {
    yield `skipped ${names.length}: ${reason}\n${names.map((name) => `    ${name}\n`).join('')}`;
  }
  yield `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}
