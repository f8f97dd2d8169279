import { jsonShapes } from '../jsonMessages.js';
import type { Shape } from '../shape/shape.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

function isCall(shape: Shape): boolean {
  if (shape.kind !== 'array' || shape.size !== 4 || shape.at(0)?.text !== '2' || shape.at(0)?.kind !== 'number')
    return false;
  const action = shape.at(2);
  return (
    shape.at(1)?.kind === 'string' && /^[A-Z][A-Za-z]{3,}$/.test(action?.text ?? '') && shape.at(3)?.kind === 'object'
  );
}

/** Open Charge Point Protocol over JSON, 1.2 to 2.1. */
export const ocpp = defineDialect({
  name: 'ocpp',
  title: 'OCPP',
  closing,
  recogniseMessages: (messages) => (jsonShapes(messages).some(isCall) ? 0.75 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
