import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callMemoryWitness } from '../../../src/worker/memoryWitness';

const plenty = 'MemTotal: 99999999999 kB\nMemAvailable: 99999999999 kB\n';
/** A machine's files; those that are absent cannot be read. */
const machine = (files: Record<string, string>) => (path: string) => files[path];
const version2 = (kills: number, more: Record<string, string> = {}) => ({
  '/proc/self/cgroup': '0::/user.slice/train.scope\n',
  '/sys/fs/cgroup/user.slice/train.scope/memory.events': `low 0\nhigh 3\nmax 9\noom 1\noom_kill ${kills}\n`,
  '/proc/meminfo': plenty,
  ...more,
});

test('a kill that the control group counts is evidence, of either version', () => {
  const files: Record<string, string> = version2(2);
  const witness = callMemoryWitness(machine(files));
  assert.equal(witness.evidence(1), undefined);
  Object.assign(files, version2(3));
  assert.match(witness.evidence(1)!, /control group counts/);

  const older: Record<string, string> = {
    '/proc/self/cgroup': '7:cpu,cpuacct:/a\n4:memory:/docker/abc\n0::/\n',
    // As a container sees its own group.
    '/sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
    '/proc/meminfo': plenty,
  };
  const other = callMemoryWitness(machine(older));
  older['/sys/fs/cgroup/memory/memory.oom_control'] = 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n';
  assert.match(other.evidence(1)!, /control group counts/);
});

test("a kill of the machine's is evidence as long as the process was seen alive shortly before, not for ever", () => {
  const files: Record<string, string> = { '/proc/vmstat': 'pgfault 1\noom_kill 4\n', '/proc/meminfo': plenty };
  const witness = callMemoryWitness(machine(files));
  files['/proc/vmstat'] = 'pgfault 1\noom_kill 5\n';
  // The look may be late: the process was killed between it and the one before.
  witness.look();
  assert.match(witness.evidence(1)!, /the system counts/);
  witness.look();
  assert.equal(witness.evidence(1), undefined, "another process's kill of a while ago says nothing");
});

test('without counters what the process held last has to do: close to the limit, or all that there was', () => {
  const limited = version2(0, { '/sys/fs/cgroup/user.slice/memory.max': String(2 ** 30) });
  const witness = callMemoryWitness(machine(limited));
  assert.match(witness.evidence(0.9 * 2 ** 30)!, /it held 0\.9 GiB of 1\.0 GiB/);
  assert.equal(witness.evidence(0.5 * 2 ** 30), undefined);
  assert.equal(witness.evidence(undefined), undefined);
  const full = callMemoryWitness(machine({ '/proc/meminfo': 'MemAvailable: 1024 kB\n' }));
  assert.match(full.evidence(1 << 20)!, /hardly any/);
});
