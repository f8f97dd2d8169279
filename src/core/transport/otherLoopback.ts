import { readFile } from 'node:fs/promises';
import type { Attempt } from '../base/model.js';

/** The kernel's lists of sockets (proc(5)), and how they write the addresses that take what comes to the loopback one. */
const LISTS = {
  '::1': { file: '/proc/net/tcp6', hosts: ['0'.repeat(24) + '01000000', '0'.repeat(32)] },
  '127.0.0.1': { file: '/proc/net/tcp', hosts: ['0100007F', '00000000'] },
} as const;
const LISTENING = '0A';

/**
 * Where loopback was refused, the other of `127.0.0.1` and `::1` if something listens there on this port, as the kernel lists it;
 * nothing is sent. Null: nothing does, both were tried, or this system has no such list (Linux has).
 */
export async function otherLoopback(attempts: readonly Attempt[]): Promise<'::1' | '127.0.0.1' | null> {
  const [first] = attempts;
  if (!first || attempts.some(({ address }) => address !== first.address)) return null;
  const other = first.address === '127.0.0.1' ? '::1' : first.address === '::1' ? '127.0.0.1' : null;
  if (other === null) return null;
  const { file, hosts } = LISTS[other];
  const port = first.port.toString(16).toUpperCase().padStart(4, '0');
  const wanted = new Set(hosts.map((host) => `${host}:${port}`));
  const list = await readFile(file, 'latin1').catch(() => '');
  const listens = list.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === LISTENING && wanted.has(local);
  });
  return listens ? other : null;
}
