import type { DialectMessage } from '../dialect.js';
import { defineDialect } from '../defineDialect.js';
import { jsonShapes } from '../jsonMessages.js';
import { stringOf } from '../shape/shape.js';
import { graphqlTransportWsClosing, graphqlWsClosing, hasuraClosing } from './closing.js';

function typesOf(messages: readonly DialectMessage[]): readonly string[] {
  return jsonShapes(messages).flatMap((shape) => stringOf(shape, 'type') ?? []);
}

const legacyOnly = new Set([
  'start',
  'stop',
  'ka',
  'connection_keep_alive',
  'connection_terminate',
  'start_ack',
  'data',
]);

const createDecoder = async () => (await import('./decode.js')).createDecoder();

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export const graphqlTransportWs = defineDialect({
  name: 'graphql-transport-ws',
  title: 'GraphQL over WebSocket (graphql-transport-ws)',
  closing: graphqlTransportWsClosing,
  recogniseMessages: (messages) => (typesOf(messages).some((type) => /^connection_(init|ack)$/.test(type)) ? 0.8 : 0),
  createDecoder,
});

/** subscriptions-transport-ws and AppSync: the subprotocol that is named like the newer library. */
export const graphqlWs = defineDialect({
  name: 'graphql-ws',
  title: 'Legacy GraphQL over WebSocket (subscriptions-transport-ws)',
  closing: graphqlWsClosing,
  host: /\.appsync-(realtime-)?api\./,
  recogniseMessages: (messages) => {
    const seen = typesOf(messages);
    if (!seen.some((type) => type.startsWith('connection_'))) return 0;
    return seen.some((type) => legacyOnly.has(type)) ? 0.9 : 0.7;
  },
  createDecoder,
});

/** Speaks either of the two; its closes say more. */
export const hasura = defineDialect({
  name: 'hasura',
  title: 'Hasura',
  closing: hasuraClosing,
  isUrl: (path) => path.endsWith('/v1/graphql'),
  createDecoder,
});
