import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isGuardedHost } from '../../base/addressGuard.js';
import type { Network } from '../network.js';
import { failed, type Outcome, success } from '../outcome.js';
import { secure } from '../secure.js';
import type { DigestAnswer } from '../../handshake/digest.js';
import { connectDialogue, digestAnswer } from './connectDialogue.js';
import { converse, type Dialogue } from './converse.js';
import { socks4Dialogue } from './socks4.js';
import { socks5Dialogue } from './socks5.js';
import type { TunnelOptions } from './tunnel.js';

/**
 * Asks the proxy at the other end of `socket` for a tunnel. The stream that comes back carries the target's bytes only, those
 * that came with the proxy's answer unread in it. Every failure is of phase `proxy`, and leaves the socket destroyed.
 */
export async function openTunnel(socket: Socket, options: TunnelOptions): Promise<Outcome<Duplex>> {
  const endMs = options.clock() + options.timeoutMs;
  let place = placeOf(socket);
  socket.once('connect', () => {
    place = placeOf(socket);
  });
  let opened = await ask(socket, options, endMs, null);
  let last = socket;
  // Once for the challenge, and once more where its nonce was too old by then.
  for (const stale of [false, true]) {
    const answer = opened.ok || options.signal?.aborted ? null : digestAnswer(options, stale);
    if (!answer || !place) break;
    last.destroy();
    last = options.network.connect(...place);
    opened = await askAgain(last, options, endMs, answer);
  }
  if (!opened.ok) last.destroy();
  return opened;
}

function placeOf({ remoteAddress, remoteFamily, remotePort }: Socket): Parameters<Network['connect']> | null {
  if (remoteAddress === undefined || remotePort === undefined) return null;
  return [remoteAddress, remoteFamily === 'IPv6' ? 6 : 4, remotePort];
}

/** Over a connection of its own to where the refusal came from, which many proxies close behind it. */
function askAgain(
  socket: Socket,
  options: TunnelOptions,
  endMs: number,
  answer: DigestAnswer,
): Promise<Outcome<Socket>> {
  const { record } = options;
  record.secrets.push(...answer.secrets);
  record.response = null;
  record.body = null;
  record.responseCompleteMs = null;
  socket.on('error', () => {});
  return ask(socket, options, endMs, answer);
}

async function ask(
  socket: Socket,
  options: TunnelOptions,
  endMs: number,
  answer: DigestAnswer | null,
): Promise<Outcome<Socket>> {
  const { allowLinkLocal, clock, host, route } = options;
  // A name that the proxy resolves is out of our sight: only what it says by itself can be judged.
  if (!allowLinkLocal && isGuardedHost(host)) return failed('proxy', 'guard', host);
  const dialogue = dialogueOf(options, answer);
  if (!dialogue.ok) return dialogue;
  const stream = route.kind === 'https' ? await secureProxy(socket, options) : success(socket);
  if (!stream.ok) return stream;
  return converse(stream.value, dialogue.value, { ...options, leftMs: endMs - clock() });
}

function dialogueOf(options: TunnelOptions, answer: DigestAnswer | null): Outcome<Dialogue> {
  switch (options.route.kind) {
    case 'http':
    case 'https':
      return connectDialogue(options, answer);
    case 'socks5':
      return socks5Dialogue(options);
    case 'socks4':
    case 'socks4a':
      return socks4Dialogue(options);
  }
}

async function secureProxy(socket: Socket, options: TunnelOptions): Promise<Outcome<Socket>> {
  const { context, record, route, signal, timeoutMs } = options;
  if (!context) return failed('proxy', 'input', 'TLS with the proxy was not prepared.');
  const secured = await secure(
    socket,
    {
      host: route.host,
      serverName: undefined,
      rejectUnauthorized: route.rejectUnauthorized,
      context,
      alpn: ['http/1.1'],
      timeoutMs,
      signal,
    },
    (tls) => {
      record.tls = tls;
    },
  );
  if (secured.ok) return secured;
  const { code, kind, message } = secured.failure;
  return failed(
    'proxy',
    kind,
    kind === 'timeout' ? `No TLS handshake with the proxy within ${timeoutMs} ms.` : message,
    code,
  );
}
