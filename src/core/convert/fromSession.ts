import { plainText } from '../base/plainText.js';
import type { ProbePlan } from '../base/plan.js';
import type { TemplateSource } from '../profile/template.js';
import { Redactor } from '../redaction/redactor.js';
import type { Chosen, ChosenMessage } from './chosenMessages.js';
import { stepsOf } from './fromRecording.js';

/** As a text of a profile is searched for values: a shorter one is not found there. */
const MIN_SECRET = 4;

/** Messages of a session as the steps of its own profile: what is asked for while connecting stays as it is. */
export function profileOfSession(
  plan: ProbePlan,
  { left, messages }: Chosen,
  secrets: readonly string[],
): { readonly source: TemplateSource; readonly notes: readonly string[] } {
  const redactor = new Redactor(secrets);
  const named = secrets.filter((value) => value.length >= MIN_SECRET && !value.includes('${'));
  let hidden = 0;
  const clean = messages.map((message): ChosenMessage => {
    const label = message.label === null ? null : redactor.text(message.label);
    const bytes = redactor.bytes(message.bytes);
    if (bytes === message.bytes || (!message.binary && isNamed(message.bytes, named, redactor)))
      return { ...message, label };
    hidden += 1;
    return { ...message, label, bytes };
  });
  const notes = left.map((what) => `not carried over: ${what}`);
  if (hidden > 0)
    notes.push(`Secrets in an encoding of their own are left out of ${hidden} messages: set what stands there.`);
  return { source: { ...plan, message: null, steps: stepsOf(clean), secrets }, notes };
}

/** Whether all that is secret in it stands there as it is, so that a reference can take its place. */
function isNamed(bytes: Uint8Array, named: readonly string[], redactor: Redactor): boolean {
  let text = new TextDecoder().decode(bytes);
  for (const value of named) text = text.replaceAll(value, ' ');
  return redactor.text(text) === text;
}

/** Notes as a file begins with them. */
export function commented(notes: readonly string[], comment = '// '): string {
  return notes.map((note) => `${comment}${plainText(note, 2000)}\n`).join('');
}
