import { findDialect as findClosing } from '../close/dialects.js';
import { actionCable } from './actionCable/decode.js';
import type { Dialect, DialectHints } from './dialect.js';
import { graphqlTransportWs, graphqlWs } from './graphql/decode.js';
import { jsonRpc } from './jsonRpc/decode.js';
import { mqtt } from './mqtt/decode.js';
import { ocpp } from './ocpp/decode.js';
import { cbor, msgpack } from './packed/decode.js';
import { phoenix } from './phoenix/decode.js';
import { pusher } from './pusher/decode.js';
import { signalr } from './signalr/decode.js';
import { socketIo } from './socketIo/decode.js';
import { stomp } from './stomp/decode.js';
import { wamp } from './wamp/decode.js';

/** Every dialect with a decoder. Of two that fit equally well the first is taken. */
export const DIALECTS: readonly Dialect[] = [
  graphqlTransportWs,
  graphqlWs,
  socketIo,
  signalr,
  stomp,
  mqtt,
  wamp,
  phoenix,
  actionCable,
  pusher,
  jsonRpc,
  ocpp,
  msgpack,
  cbor,
];

/** Below this nothing is claimed: a wrong dialect misleads more than none. */
export const RECOGNITION_THRESHOLD = 0.5;

/** Further names; those of `core/close` (aliases, subprotocol tokens) count as well. */
const aliases: Readonly<Record<string, string>> = {
  hasura: 'graphql-transport-ws',
  'hasura-graphql': 'graphql-transport-ws',
  jsonrpc: 'json-rpc',
  'json-rpc-2.0': 'json-rpc',
  mcp: 'json-rpc',
  lsp: 'json-rpc',
  cdp: 'json-rpc',
  messagepack: 'msgpack',
};

/** A dialect by name, alias or subprotocol token, whatever the case; null when unknown (`auto` and `none` are). */
export function findDialect(name: string): Dialect | null {
  const wanted = name.trim().toLowerCase();
  const canonical = Object.hasOwn(aliases, wanted) ? aliases[wanted] : wanted;
  return byName(canonical) ?? byName(findClosing(wanted)?.name);
}

/** The dialect that the hints speak for best; null when none reaches the threshold. */
export function recogniseDialect(hints: DialectHints): Dialect | null {
  let best: Dialect | null = null;
  let bestScore = RECOGNITION_THRESHOLD;
  for (const dialect of DIALECTS) {
    const score = dialect.recognise(hints);
    if (score < bestScore || (best !== null && score === bestScore)) continue;
    best = dialect;
    bestScore = score;
  }
  return best;
}

function byName(name: string | undefined): Dialect | null {
  return DIALECTS.find((dialect) => dialect.name === name) ?? null;
}
