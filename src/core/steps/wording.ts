import type { Payload } from '../base/message.js';
import { kindOf, type Step } from '../base/step.js';
import { describeMatch } from '../payload/match.js';
import { cut, show } from '../payload/shown.js';

const MAX_NAME = 100;

/** What a step is called: by its name, else by what it does. */
export function nameOf(step: Step): string {
  const words = step.name ?? cut(doing(step));
  return words.length > MAX_NAME && step.name === undefined ? `${words.slice(0, MAX_NAME - 1)}…` : words;
}

function doing(step: Step): string {
  if ('send' in step) return `send ${payloadWords(step.send)}`;
  if ('expect' in step) return `expect ${describeMatch(step.expect)}`;
  if ('expectAll' in step) return `expect all: ${step.expectAll.map(describeMatch).join('; ')}`;
  if ('expectNone' in step) return `expect none that ${describeMatch(step.expectNone)}`;
  if ('expectCount' in step) return `count what ${describeMatch(step.expectCount.match)}`;
  if ('repeat' in step) return `repeat ${step.repeat.times} times`;
  if ('wait' in step) return `wait ${step.wait} ms`;
  if ('close' in step) return `close with ${step.close.code ?? 1000}`;
  if ('expectClose' in step && step.expectClose.code !== undefined) {
    return `expect close ${[step.expectClose.code].flat().join(' or ')}`;
  }
  return kindOf(step) === 'expectClose' ? 'expect close' : kindOf(step);
}

function payloadWords(payload: Payload): string {
  if (typeof payload === 'string') return payload;
  const [kind, value] = Object.entries(payload)[0] as [string, unknown];
  if (kind === 'text') return String(value);
  return kind === 'json' ? show(value) : `${kind} ${typeof value === 'string' ? value : show(value)}`;
}
