import { isIPv6 } from 'node:net';
import { parseAddress } from '../../base/address.js';
import { failed, type Outcome, success } from '../outcome.js';
import { resolveHost } from '../resolve.js';
import type { Dialogue } from './converse.js';
import type { TunnelOptions, TunnelRecord } from './tunnel.js';
import { malformed, refused, SocksDialogue, type SocksScript } from './socksDialogue.js';
import { socks4Reply } from './socksReplies.js';
import { credentialBytes, nameBytes, portBytes } from './socksText.js';

const GRANTED = 90;
/** An address that cannot be: the name follows, and the proxy resolves it (SOCKS 4a). */
const RESOLVE_THERE = [0, 0, 0, 1];

/** SOCKS 4, which carries IPv4 addresses and resolves names here, or SOCKS 4a, which carries names. Neither has a password. */
export function socks4Dialogue(options: TunnelOptions): Outcome<Dialogue> {
  const { host, port, route, record } = options;
  const user = credentialBytes(route.username, 'user name');
  if (!user.ok) return user;
  if (route.password) return failed('proxy', 'input', 'SOCKS 4 has no password: use socks5://, or leave it out.');
  const request = (address: Iterable<number>, name: readonly number[] = []) =>
    Buffer.from([4, 1, ...portBytes(port), ...address, ...user.value, 0, ...name]);
  const script = exchange(record);
  const address = parseAddress(host);
  if (address?.length === 4) return success(new SocksDialogue(4, request(address), script));
  if (route.kind === 'socks4a') {
    const name = nameBytes(host);
    if (!name.ok) return name;
    return success(new SocksDialogue(4, request(RESOLVE_THERE, [...name.value, 0]), script));
  }
  if (isIPv6(host)) return failed('proxy', 'input', 'SOCKS 4 carries no IPv6 addresses: use socks5://.');
  const opening = resolveIPv4(options).then((found) => (found.ok ? success(request(found.value)) : found));
  return success(new SocksDialogue(4, opening, script));
}

async function resolveIPv4(options: TunnelOptions): Promise<Outcome<Uint8Array>> {
  const { host } = options;
  const resolved = await resolveHost(host, options);
  if (!resolved.ok) return { ok: false, failure: { ...resolved.failure, phase: 'proxy' } };
  const first = resolved.value.find(({ family }) => family === 4);
  const address = parseAddress(first?.address ?? '');
  return address
    ? success(address)
    : failed('proxy', 'input', `${host} has no IPv4 address, and SOCKS 4 carries no other: use socks5://.`);
}

function* exchange(record: TunnelRecord): SocksScript {
  const [version, code = 0] = yield { need: 2 };
  if (version !== 0) return malformed(`The SOCKS proxy's reply has version ${version}, not 0.`);
  if (code !== GRANTED) {
    const reply = socks4Reply(code);
    record.socks = { code, text: reply.text };
    return refused(reply.code, `The SOCKS proxy answered ${code}: ${reply.text}.`);
  }
  yield { need: 6 };
  record.socks = { code, text: 'request granted' };
  return null;
}
