import type { DialectMessage } from '../dialect.js';
import { jsonShapes } from '../jsonMessages.js';
import { readItem } from '../shape/binaryShape.js';
import { cborSyntax, msgpackSyntax } from '../shape/formats.js';
import type { Shape } from '../shape/shape.js';
import { isWamp } from './describe.js';
import { formatOf } from './format.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

function shapesOf(messages: readonly DialectMessage[]): readonly Shape[] {
  const binary = messages.flatMap(({ binary, bytes }) => {
    const format = formatOf(bytes[0] ?? 0, msgpackSyntax, cborSyntax);
    const { shape, end } = readItem(format, bytes, 0);
    return binary && shape !== null && end === bytes.length ? [shape] : [];
  });
  return [...jsonShapes(messages), ...binary];
}

/** HELLO and WELCOME are the only messages that can come first, and none but WAMP's look like them. */
function greets(shape: Shape): boolean {
  const code = shape.at(0)?.text;
  const roles = shape.size === 3 && shape.at(2)?.get('roles')?.kind === 'object';
  return (
    isWamp(shape) &&
    roles &&
    ((code === '1' && shape.at(1)?.kind === 'string') || (code === '2' && shape.at(1)?.kind === 'number'))
  );
}

/** https://wamp-proto.org/wamp_latest_ietf.html */
export const wamp = defineDialect({
  name: 'wamp',
  title: 'WAMP',
  closing,
  recogniseMessages: (messages) => (shapesOf(messages).some(greets) ? 0.9 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
