// @ts-check
// The processes that a process has started, and an end to all of them. Only Node's own modules.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** @typedef {{ readonly pid: number, readonly parent: number, readonly group: number, readonly state: string }} Row */

/**
 * Ids of every process below `pid`, those too whose parent has gone but whose group one of them leads. Not for Windows.
 * @param {number} pid
 * @returns {readonly number[]}
 */
export function descendants(pid) {
  const rows = processes();
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const row of rows) if (found.has(row.parent) || found.has(row.group)) found.add(row.pid);
  }
  found.delete(pid);
  return [...found];
}

/**
 * Kills a process and everything below it. What has ended already is no fault.
 * @param {number} pid
 */
export function killTree(pid) {
  if (process.platform === 'win32') {
    try {
      execFileSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
    } catch {
      // Gone already.
    }
    return;
  }
  // First seen, then killed: what has lost its parent is not found.
  for (const each of [pid, ...descendants(pid)]) kill(each);
}

/**
 * Kills what is left of the group that a process led, when that has ended itself.
 * @param {number} pid
 */
export function killGroup(pid) {
  if (process.platform !== 'win32') kill(-pid);
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/**
 * A zombie, which waits for nothing but its parent's attention, is not.
 * @param {number} pid
 */
export function isAlive(pid) {
  if (process.platform === 'win32') {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  return processes().some((row) => row.pid === pid && !row.state.startsWith('Z'));
}

/** @returns {readonly Row[]} */
function processes() {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** A small Linux has no `ps`. @returns {readonly Row[]} */
function fromProc() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        // The name of the program stands in parentheses and may hold anything.
        const [state = '', parent = '', group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), group: Number(group), state }];
      } catch {
        return [];
      }
    });
}

/** @returns {readonly Row[]} */
function fromPs() {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), group: Number(group), state };
    });
}
