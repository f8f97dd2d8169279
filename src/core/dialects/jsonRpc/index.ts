import { jsonShapes } from '../jsonMessages.js';
import { type Shape, stringOf } from '../shape/shape.js';
import { defineDialect } from '../defineDialect.js';

function score(shape: Shape): number {
  const call = shape.kind === 'array' ? shape.at(0) : shape;
  return call !== null && stringOf(call, 'jsonrpc') === '2.0' ? 0.95 : 0;
}

/** https://www.jsonrpc.org/specification, with what MCP, language servers and the Chrome DevTools Protocol make of it. */
export const jsonRpc = defineDialect({
  name: 'json-rpc',
  title: 'JSON-RPC 2.0',
  isUrl: (path) => /\/devtools\/(page|browser|worker)\//.test(path),
  recogniseMessages: (messages) => Math.max(0, ...jsonShapes(messages).map(score)),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
