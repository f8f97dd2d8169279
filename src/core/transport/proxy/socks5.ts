import { parseAddress } from '../../base/address.js';
import { type Outcome, success } from '../outcome.js';
import type { Dialogue } from './converse.js';
import type { TunnelOptions, TunnelRecord } from './tunnel.js';
import { malformed, refused, SocksDialogue, type SocksScript } from './socksDialogue.js';
import { socks5Reply } from './socksReplies.js';
import { credentialBytes, nameBytes, portBytes } from './socksText.js';

const VERSION = 5;
const NO_AUTHENTICATION = 0x00;
const USER_AND_PASSWORD = 0x02;
const NONE_ACCEPTABLE = 0xff;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };
const NAME = 3;

/** SOCKS 5 (RFC 1928), with user name and password where the route has them (RFC 1929). Names are resolved by the proxy. */
export function socks5Dialogue({ host, port, route, record }: TunnelOptions): Outcome<Dialogue> {
  const target = targetBytes(host);
  if (!target.ok) return target;
  const username = credentialBytes(route.username, 'user name');
  if (!username.ok) return username;
  const password = credentialBytes(route.password, 'password');
  if (!password.ok) return password;
  const authenticates = username.value.length + password.value.length > 0;
  const methods = authenticates ? [NO_AUTHENTICATION, USER_AND_PASSWORD] : [NO_AUTHENTICATION];
  const greeting = Buffer.from([VERSION, methods.length, ...methods]);
  const login = Buffer.from([1, username.value.length, ...username.value, password.value.length, ...password.value]);
  const request = Buffer.from([VERSION, 1, 0, ...target.value, ...portBytes(port)]);
  const script = exchange(authenticates ? login : null, request, record);
  return success(new SocksDialogue(VERSION, greeting, script));
}

function targetBytes(host: string): Outcome<readonly number[]> {
  const address = parseAddress(host);
  if (address) return success([address.length === 4 ? 1 : 4, ...address]);
  const name = nameBytes(host);
  return name.ok ? success([NAME, name.value.length, ...name.value]) : name;
}

function* exchange(login: Uint8Array | null, request: Uint8Array, record: TunnelRecord): SocksScript {
  const [, method = NONE_ACCEPTABLE] = yield { need: 2 };
  const offered = login ? 'neither no authentication nor user name and password' : 'no access without authentication';
  if (method === NONE_ACCEPTABLE || (method === USER_AND_PASSWORD && !login)) {
    record.socks = { code: method, text: 'no acceptable authentication method' };
    return refused('no-method', `The SOCKS proxy accepts ${offered}.`);
  }
  if (method === USER_AND_PASSWORD && login) {
    const [version, status = 1] = yield { say: login, need: 2 };
    if (version !== 1) return malformed(`The answer to user name and password has version ${version}, not 1.`);
    if (status !== 0) {
      record.socks = { code: status, text: 'user name or password refused' };
      return refused('auth-refused', 'The SOCKS proxy refused the user name or the password.');
    }
  } else if (method !== NO_AUTHENTICATION) {
    return malformed(`The SOCKS proxy chose authentication method ${method}, which was not offered.`);
  }
  const [version, code = 1] = yield { say: request, need: 2 };
  if (version !== VERSION) return malformed(`The SOCKS proxy's reply has version ${version}, not ${VERSION}.`);
  if (code !== 0) {
    const reply = socks5Reply(code);
    record.socks = { code, text: reply.text };
    return refused(reply.code, `The SOCKS proxy answered ${code}: ${reply.text}.`);
  }
  const [, type = 0] = yield { need: 2 };
  const length = type === NAME ? (yield { need: 1 })[0] : ADDRESS_BYTES[type];
  if (length === undefined) return malformed(`The SOCKS proxy's reply has an address of unknown type ${type}.`);
  yield { need: length + 2 };
  record.socks = { code, text: 'succeeded' };
  return null;
}
