import { connectTo, isOwn, join, type Relay } from './relay.js';
import type { Wire } from './wire.js';

/** A SOCKS 5 proxy (RFC 1928) without authentication, to this playground's own addresses and to nothing else. */
export function serveSocks5(wire: Wire, relay: Relay): void {
  let bytes: Buffer = Buffer.alloc(0);
  let step = greeting;
  const consume = (count: number): Buffer => {
    const taken = bytes.subarray(0, count);
    bytes = bytes.subarray(count);
    return taken;
  };
  wire.read((chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    step();
  });

  function greeting(): void {
    const methods = bytes[1] ?? 0;
    if (bytes.length > 0 && bytes[0] !== VERSION) wire.finish();
    else if (bytes.length >= 2 && bytes.length >= 2 + methods) {
      const offered = consume(2 + methods).subarray(2);
      if (!offered.includes(NO_AUTHENTICATION)) {
        wire.finish(Buffer.from([VERSION, NO_ACCEPTABLE_METHOD]));
        return;
      }
      wire.write(Buffer.from([VERSION, NO_AUTHENTICATION]));
      step = request;
      if (bytes.length > 0) request();
    }
  }

  function request(): void {
    if (bytes.length < 5) return;
    const kind = bytes[3] ?? 0;
    const addressBytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : 1 + (bytes[4] ?? 0);
    if (bytes.length < 4 + addressBytes + 2) return;
    const [, command] = consume(4);
    const address = consume(addressBytes);
    const port = consume(2).readUInt16BE();
    wire.read(() => {});
    const host = kind === NAME ? address.toString('latin1', 1) : textOf(address);
    if (command !== CONNECT) wire.finish(reply(COMMAND_NOT_SUPPORTED));
    else if (kind !== IPV4 && kind !== IPV6 && kind !== NAME) wire.finish(reply(ADDRESS_NOT_SUPPORTED));
    else if (!isOwn(relay, host, port)) wire.finish(reply(NOT_ALLOWED));
    else {
      connectTo(relay, port, (upstream) => {
        if (upstream === null) {
          wire.finish(reply(CONNECTION_REFUSED));
          return;
        }
        wire.write(reply(GRANTED));
        join(wire, upstream, bytes);
      });
    }
  }
}

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NO_ACCEPTABLE_METHOD = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const GRANTED = 0;
const NOT_ALLOWED = 2;
const CONNECTION_REFUSED = 5;
const COMMAND_NOT_SUPPORTED = 7;
const ADDRESS_NOT_SUPPORTED = 8;

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0]);
}

/** Only loopback is looked for: `::1` is the one IPv6 address that matters. */
function textOf(address: Buffer): string {
  if (address.length === 4) return address.join('.');
  return address.subarray(0, 15).every((byte) => byte === 0) && address[15] === 1 ? '::1' : address.toString('hex');
}
