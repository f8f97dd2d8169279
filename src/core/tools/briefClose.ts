import type { CloseExplanation } from '../close/explainClose.js';

const RECONNECT: Readonly<Record<CloseExplanation['reconnect'], string>> = {
  yes: 'yes, at once with a little jitter',
  no: 'no, it would be closed again',
  backoff: 'yes, after a growing pause',
  fix: 'only once the cause is mended',
};

/** A close code as a model reads it. All of it is ours. */
export function briefClose(close: CloseExplanation): string {
  const { title, dialect, meaning, causes, actions, reconnect, usedBy, note, wire } = close;
  return [
    `${title}${dialect === null ? '' : ` (${dialect})`}: ${meaning}`,
    ...(causes.length > 0 ? [`causes: ${causes.join(' ')}`] : []),
    ...(actions.length > 0 ? [`what to do: ${actions.join(' ')}`] : []),
    `reconnect: ${RECONNECT[reconnect]}`,
    ...(wire ? [] : ['it never stands in a Close frame: a library makes it up']),
    ...(note === null ? [] : [`note: ${note}`]),
    ...usedBy.slice(0, 12).map(({ dialect: name, name: called, meaning: says }) => `in ${name}: ${called}. ${says}`),
    ...(usedBy.length > 0 ? ['say which one with "dialect"'] : []),
  ].join('\n');
}
