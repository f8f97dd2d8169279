import { Redactor } from '../redaction/redactor.js';
import type { Chosen, ChosenMessage } from './chosenMessages.js';

/** Messages as a recording of them would have them: stars where something secret stands. */
export function withoutSecrets({ facts, left, messages }: Chosen, secrets: readonly string[]): Chosen {
  const redactor = new Redactor(secrets);
  let hidden = 0;
  const clean = messages.map((message): ChosenMessage => {
    const bytes = redactor.bytes(message.bytes);
    if (bytes !== message.bytes) hidden += 1;
    return { ...message, bytes, label: message.label === null ? null : redactor.text(message.label) };
  });
  const secret = hidden === 0 ? [] : [`secrets in ${hidden} message${hidden === 1 ? '' : 's'}: set what stands there`];
  return { facts, messages: clean, left: [...left, ...secret] };
}
