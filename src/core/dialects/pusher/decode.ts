import { decoded } from '../decoded.js';
import type { Decoded, DialectDecoder } from '../dialect.js';
import { jsonDecoder } from '../jsonMessages.js';
import { readJson } from '../shape/jsonShape.js';
import { type Shape, stringOf } from '../shape/shape.js';
import { withEmbedded } from '../value/embedded.js';

function decode(shape: Shape): Decoded | null {
  const event = stringOf(shape, 'event');
  if (event === null) return null;
  const data = dataOf(shape);
  const channel = stringOf(shape, 'channel') ?? stringOf(data, 'channel');
  const value = withEmbedded(shape, ['data']);
  const short = event.replace(/^pusher(_internal)?:/, '');
  const label = [event, channel];
  const subscription = channel === null ? null : `subscribe ${channel}`;
  switch (event) {
    case 'pusher:ping':
      return decoded({ label, role: 'heartbeat', correlation: 'ping', operation: short });
    case 'pusher:pong':
      return decoded({ label, role: 'heartbeat', correlation: 'ping' });
    case 'pusher:subscribe':
      return decoded({
        label,
        role: 'request',
        correlation: subscription,
        operation: `${short} ${channel ?? ''}`,
        value,
      });
    case 'pusher:unsubscribe':
      return decoded({ label, role: 'control', correlation: subscription, value });
    case 'pusher_internal:subscription_succeeded':
      return decoded({ label, role: 'reply', correlation: subscription, value });
    case 'pusher:subscription_error':
      return decoded({ label: [...label, data?.get('status')?.text], role: 'error', correlation: subscription, value });
    case 'pusher:error':
      return decoded({ label: [event, data?.get('code')?.text, stringOf(data, 'message')], role: 'error', value });
    case 'pusher:connection_established':
      return decoded({ label: event, role: 'control', value });
    case 'pusher:signin':
      return decoded({ label: event, role: 'request', correlation: 'signin', operation: short });
    case 'pusher:signin_success':
      return decoded({ label: event, role: 'reply', correlation: 'signin', value });
    default:
      return decoded({ label: label, role: 'event', operation: event, value });
  }
}

/** `data` is an object, or an object in a string. */
function dataOf(shape: Shape): Shape | null {
  const data = shape.get('data');
  return data?.kind === 'string' ? readJson(data.text).shape : data;
}

export function createDecoder(): DialectDecoder {
  return jsonDecoder(decode, 'a Pusher message');
}
