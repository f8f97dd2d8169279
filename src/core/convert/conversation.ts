import type { Payload } from '../base/message.js';
import type { Step } from '../base/step.js';
import type { ProbePlan } from '../base/plan.js';
import type { ProfileFile } from '../profile/profile.js';
import { parts } from '../profile/variables.js';
import type { MessageToCopy } from './copyAs/message.js';

/** Steps as a profile has them: one message alone is its `message`. */
export function conversation(steps: readonly Step[]): Pick<ProfileFile, 'message' | 'steps'> {
  const [only] = steps;
  if (only === undefined) return {};
  if (steps.length === 1 && 'send' in only) return { message: { send: only.send } };
  return { steps };
}

/** What a plan sends, for tools of which most judge no reply. Notes tell of what is not among it. */
export function messagesOf(plan: ProbePlan, notes: string[], judges: boolean): readonly MessageToCopy[] {
  const { message, steps = [] } = plan;
  const payloads: Payload[] = message?.send === undefined ? [] : [message.send];
  if (!judges && message && message.expect !== 'any') notes.push('The reply that is expected is not checked.');
  const skipped = new Map<string, number>();
  for (const step of steps) {
    if ('send' in step) payloads.push(step.send);
    else {
      const kind = Object.keys(step).find((key) => !/^(name|client|withinMs|budgetMs|line)$/.test(key)) ?? '';
      skipped.set(kind, (skipped.get(kind) ?? 0) + 1);
    }
  }
  for (const [kind, count] of skipped) notes.push(`Steps left out: ${count} × ${kind}.`);
  return payloads.flatMap((payload) => sayable(payload, notes) ?? []);
}

/** A payload as text or bytes; null where only wsprobe can make it, which the notes then tell. */
function sayable(payload: Payload, notes: string[]): MessageToCopy | null {
  if (typeof payload === 'string') return { text: sent(payload, notes) };
  if (payload.compress === undefined && payload.wrap === undefined) {
    const text =
      'text' in payload
        ? payload.text
        : 'json' in payload
          ? (JSON.stringify(payload.json) as string | undefined)
          : null;
    if (typeof text === 'string') {
      const filled = sent(text, notes);
      return payload.binary === true ? { base64: Buffer.from(filled).toString('base64') } : { text: filled };
    }
    if ('base64' in payload) return { base64: payload.base64 };
    if ('hex' in payload) return { base64: Buffer.from(payload.hex.replace(/\s+/g, ''), 'hex').toString('base64') };
  }
  notes.push(`A message of ${Object.keys(payload).join(', ')} is left out.`);
  return null;
}

/** A text as it is said; what is known only then stays as it is written. */
function sent(text: string, notes: string[]): string {
  return parts(text)
    .map((part) => {
      if (part.kind === 'literal') return part.text;
      const written = text.slice(part.start, part.end);
      notes.push(`${written} is sent as it is written.`);
      return written;
    })
    .join('');
}
