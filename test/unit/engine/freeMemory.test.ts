import assert from 'node:assert/strict';
import { freemem, totalmem } from 'node:os';
import { test } from 'node:test';
import { freeMemory, freeOnLinux, parseVmStat } from '../../../src/engine/freeMemory';
import { parseFreeGpuMemory } from '../../../src/engine/gpu';

const GB = 1e9;
const free = (files: Readonly<Record<string, string>>): number =>
  freeOnLinux((path) => ({ '/proc/meminfo': 'MemFree: 5 kB\nMemAvailable:   16000000 kB\n', ...files })[path]);

test('is what Linux calls available where no control group limits it', () => {
  assert.equal(free({}), 16e6 * 1024);
  assert.equal(free({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.current': '7\n' }), 16e6 * 1024);
  const unlimited = { '/sys/fs/cgroup/a/memory.max': 'max\n', '/sys/fs/cgroup/a/memory.current': '7\n' };
  assert.equal(free({ '/proc/self/cgroup': '0::/a\n', ...unlimited }), 16e6 * 1024);
  assert.equal(freeOnLinux(() => undefined) > 0, true, 'without /proc what Node says');
});

test('is what the tightest control group of version 2 leaves, its cached files counted as free', () => {
  const files = {
    '/proc/self/cgroup': '0::/user.slice/job.scope\n',
    '/sys/fs/cgroup/user.slice/memory.max': `${6 * GB}\n`,
    '/sys/fs/cgroup/user.slice/memory.current': `${5 * GB}\n`,
    '/sys/fs/cgroup/user.slice/memory.stat': 'anon 1\nfile 4000000000\ninactive_file 3000000000\n',
    '/sys/fs/cgroup/user.slice/job.scope/memory.max': `${5 * GB}\n`,
    '/sys/fs/cgroup/user.slice/job.scope/memory.current': `${1 * GB}\n`,
  };
  assert.equal(free(files), 4 * GB);
  assert.equal(free({ ...files, '/sys/fs/cgroup/user.slice/memory.stat': 'inactive_file 0\n' }), 1 * GB);
});

test('version 1, whose groups a container may not see by their path', () => {
  const cgroup = '9:name=systemd:/\n4:cpu,memory:/docker/abc\n0::/\n';
  const limits = {
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${3 * GB}\n`,
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${2 * GB}\n`,
    '/sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 500000000\n',
  };
  assert.equal(free({ '/proc/self/cgroup': cgroup, ...limits }), 1.5 * GB);
  const over = { ...limits, '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${4 * GB}\n` };
  assert.equal(free({ '/proc/self/cgroup': cgroup, ...over }), 0);
});

test('macOS: what it can give at once', () => {
  const output =
    'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:                               10.\n' +
    'Pages active:                             99.\nPages inactive:                           20.\n' +
    'Pages speculative:                         3.\nPages purgeable:                           4.\n';
  assert.equal(parseVmStat(output), 37 * 16384);
  assert.equal(parseVmStat('vm_stat: not found'), undefined);
});

test('a graphics card: the one with the most, or the one that is chosen', () => {
  assert.equal(parseFreeGpuMemory('1024\n15360\n'), 15360 * 2 ** 20);
  assert.equal(parseFreeGpuMemory('[N/A]\n'), undefined);
  assert.equal(parseFreeGpuMemory(''), undefined);
});

test('this machine has some', () => {
  const bytes = freeMemory();
  assert.ok(bytes > 1e7 && bytes <= totalmem(), `${bytes} of ${totalmem()}, ${freemem()} of them free`);
});
