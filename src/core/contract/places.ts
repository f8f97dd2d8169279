import { volatileKey } from './normalise.js';

/** Where a value stands in a message. */
export interface ValuePlace {
  /** The member it belongs to, of an array the member that holds the array; null at the top. */
  readonly key: string | null;
  /** Its number, where it stands in the array that is the whole message. */
  readonly index: number | null;
  /** What that array begins with. */
  readonly first: unknown;
}

/**
 * Whether an identifier stands here that one side makes and the other sends back: by the name of the member, or by its place in
 * the messages of WAMP and OCPP (`[type, id, …]`) and of Phoenix (`[join_ref, ref, topic, event, payload]`).
 */
export function isIdPlace({ key, index, first }: ValuePlace): boolean {
  if (key !== null) return volatileKey(key) === '<id>';
  if (index === null) return false;
  if (typeof first === 'number') return index === 1 || index === 2;
  const isReference = first === null || (typeof first === 'string' && /^\d+$/.test(first));
  return isReference && index <= 1;
}

/** That of acknowledgements. */
export const ACK_SLOT = '(ack)';

/** Where an identifier stands, by name: one value may mean another thing in another place. */
export function slotOf({ index, key }: ValuePlace): string {
  return key ?? `[${index}]`;
}

/** `$.payload.items[0]`, as a JSON path has it. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return /^[A-Za-z_]\w*$/.test(part) ? `${text}.${part}` : `${text}[${JSON.stringify(part)}]`;
  }, '$');
}
