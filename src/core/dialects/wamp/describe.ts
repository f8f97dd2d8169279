import { counted, decoded } from '../decoded.js';
import type { Decoded } from '../dialect.js';
import type { Shape } from '../shape/shape.js';

/** Name, and what stands at each place of the array after the type. */
const messages: Readonly<Record<string, readonly [name: string, ...fields: string[]]>> = {
  1: ['HELLO', 'realm', 'details'],
  2: ['WELCOME', 'session', 'details'],
  3: ['ABORT', 'details', 'reason'],
  4: ['CHALLENGE', 'method', 'extra'],
  5: ['AUTHENTICATE', 'signature', 'extra'],
  6: ['GOODBYE', 'details', 'reason'],
  8: ['ERROR', 'type', 'request', 'details', 'error', 'args', 'kwargs'],
  16: ['PUBLISH', 'request', 'options', 'topic', 'args', 'kwargs'],
  17: ['PUBLISHED', 'request', 'publication'],
  32: ['SUBSCRIBE', 'request', 'options', 'topic'],
  33: ['SUBSCRIBED', 'request', 'subscription'],
  34: ['UNSUBSCRIBE', 'request', 'subscription'],
  35: ['UNSUBSCRIBED', 'request', 'details'],
  36: ['EVENT', 'subscription', 'publication', 'details', 'args', 'kwargs'],
  48: ['CALL', 'request', 'options', 'procedure', 'args', 'kwargs'],
  49: ['CANCEL', 'request', 'options'],
  50: ['RESULT', 'request', 'details', 'args', 'kwargs'],
  64: ['REGISTER', 'request', 'options', 'procedure'],
  65: ['REGISTERED', 'request', 'registration'],
  66: ['UNREGISTER', 'request', 'registration'],
  67: ['UNREGISTERED', 'request', 'details'],
  68: ['INVOCATION', 'request', 'registration', 'details', 'args', 'kwargs'],
  69: ['INTERRUPT', 'request', 'options'],
  70: ['YIELD', 'request', 'options', 'args', 'kwargs'],
};

/** Reply or withdrawal by type, with the type it belongs to. */
const answers: Readonly<Record<string, string>> = {
  17: '16',
  33: '32',
  35: '34',
  50: '48',
  65: '64',
  67: '66',
  70: '68',
};
const withdrawals: Readonly<Record<string, string>> = { 49: '48', 69: '68' };
const greetings: Readonly<Record<string, readonly [role: Decoded['role'], pairs: boolean]>> = {
  1: ['request', true],
  2: ['reply', true],
  3: ['error', true],
  4: ['control', false],
  5: ['control', false],
  6: ['control', false],
};

/** Whether the array begins with a type of WAMP. */
export function isWamp(shape: Shape): boolean {
  const type = shape.at(0);
  return type?.kind === 'number' && Object.hasOwn(messages, type.text);
}

/** Label, role and pairing of one message; null when its type is none of WAMP. */
export function describeWamp(shape: Shape): Decoded | null {
  const type = shape.at(0)?.text ?? '';
  const known = isWamp(shape) ? messages[type] : undefined;
  if (!known) return null;
  const [name, ...fields] = known;
  const field = (wanted: string): Shape | null =>
    fields.includes(wanted) ? shape.at(fields.indexOf(wanted) + 1) : null;
  const what =
    field('procedure') ?? field('topic') ?? field('error') ?? field('reason') ?? field('realm') ?? field('method');
  const id = field('request') ?? field('session') ?? (name === 'EVENT' ? field('subscription') : null);
  const about = what?.kind === 'string' ? what.text : null;
  const args = field('args');
  return decoded({
    label: [name, about, id && `#${id.text}`, args && args.size > 0 && counted(args.size, 'arg')],
    ...pairing(type, name, id?.text ?? '', about, field),
    value: () => valueOf(shape, known),
  });
}

function pairing(
  type: string,
  name: string,
  id: string,
  about: string | null,
  field: (name: string) => Shape | null,
): Pick<Decoded, 'role' | 'correlation' | 'operation'> {
  const operation = about === null ? name : `${name} ${about}`;
  const greeting = greetings[type];
  if (greeting) {
    const [role, pairs] = greeting;
    return { role, correlation: pairs ? 'hello' : null, operation: role === 'request' ? operation : null };
  }
  if (name === 'ERROR') return { role: 'error', correlation: `${field('type')?.text ?? ''} ${id}`, operation: null };
  if (name === 'EVENT') return { role: 'event', correlation: null, operation: null };
  const answered = answers[type];
  if (answered !== undefined) return { role: 'reply', correlation: `${answered} ${id}`, operation: null };
  const withdrawn = withdrawals[type];
  if (withdrawn !== undefined) return { role: 'control', correlation: `${withdrawn} ${id}`, operation: null };
  // A publication is acknowledged only where that is asked for.
  const silent = name === 'PUBLISH' && field('options')?.get('acknowledge')?.text !== 'true';
  return { role: silent ? 'event' : 'request', correlation: silent ? null : `${type} ${id}`, operation };
}

function valueOf(shape: Shape, [name, ...fields]: readonly string[]): unknown {
  const value = new Map<string, unknown>([['message', name]]);
  for (const [index, field] of (fields ?? []).entries()) {
    const element = shape.at(index + 1);
    if (element) value.set(field, field === 'signature' ? '••••' : element.value());
  }
  return value;
}
