// Processes as /proc shows them; the end-to-end test runs on Linux.
import { readFileSync, readdirSync } from 'node:fs';

/** All processes that still run. */
function processes() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, parent, group] = status.slice(status.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), group: Number(group), command }];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
}

/** Children of a process, their children and so on. */
export function descendants(pid) {
  const all = processes();
  const found = [];
  for (let level = [pid]; level.length > 0;) {
    const next = all.filter(({ parent }) => level.includes(parent));
    found.push(...next);
    level = next.map((child) => child.pid);
  }
  return found;
}

export function groupMembers(group) {
  return processes().filter((one) => one.group === group);
}

export function isAlive(pid) {
  return processes().some((one) => one.pid === pid);
}
