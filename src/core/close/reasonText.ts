import { quoteText } from '../base/plainText.js';
import type { CloseClass, ReconnectAdvice } from './closeCode.js';

/** What a reason text tells beyond the code. */
export interface ReasonMeaning {
  readonly meaning: string;
  readonly class: CloseClass;
  readonly reconnect: ReconnectAdvice;
  readonly action: string;
  readonly source: string;
}

interface ReasonRule {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => ReasonMeaning;
}

const rule = (
  pattern: RegExp,
  kind: CloseClass,
  reconnect: ReconnectAdvice,
  meaning: string,
  action: string,
  source = 'the reason text',
): ReasonRule => ({ pattern, read: () => ({ meaning, class: kind, reconnect, action, source }) });

const rules: readonly ReasonRule[] = [
  {
    pattern: /"server_error_msg"\s*:\s*"((?:[^"\\]|\\.){0,300})/,
    read: (match) => ({
      meaning: `Hasura refused the initialisation: ${quoteText(match[1] ?? '')}.`,
      class: 'auth',
      reconnect: 'fix',
      action: 'Check the headers in the payload of `connection_init`.',
      source: 'hasura/graphql-engine#7696',
    }),
  },
  rule(
    /\bNET-0001\b/,
    'transient',
    'fix',
    'Commonly Deepgram: it received no audio and no KeepAlive message for 10 seconds.',
    'Send audio, or {"type":"KeepAlive"} every 5 seconds.',
    'developers.deepgram.com',
  ),
  rule(
    /\bDATA-0000\b/,
    'protocol',
    'fix',
    'Commonly Deepgram: the audio could not be decoded.',
    'Check encoding and sample_rate in the URL.',
    'developers.deepgram.com',
  ),
  rule(
    /\b(heartbeat|ping|pong|keep-?alive)\b.{0,20}\b(time(d)?[ -]?out|missed|lost|not received)/i,
    'transient',
    'yes',
    'The reason text says that a heartbeat was missed.',
    'Send or answer the heartbeats of this protocol in time.',
  ),
  rule(
    /\b(token|jwt|session|credential)s?\b.{0,20}\bexpired?\b/i,
    'auth',
    'fix',
    'The reason text says that the credentials expired.',
    'Get a new token before connecting.',
  ),
  rule(
    /unauthori[sz]ed|not authori[sz]ed|unauthenticated|not authenticated|authentication|invalid (api[ -]?key|token|credential)|forbidden|permission|access denied/i,
    'auth',
    'fix',
    'The reason text speaks of credentials or rights.',
    'Check the credentials and what they allow.',
  ),
  rule(
    /\borigin\b/i,
    'auth',
    'fix',
    'The reason text speaks of the Origin header.',
    'Send an origin that the server allows.',
  ),
  rule(
    /rate.?limit|too many|quota|slow down|throttl/i,
    'limit',
    'backoff',
    'The reason text speaks of a limit.',
    'Send less, or wait longer before connecting again.',
  ),
  rule(
    /idle|inactiv/i,
    'transient',
    'yes',
    'The reason text says that the connection was idle for too long.',
    'Send something, or a ping, more often than the limit.',
  ),
  rule(
    /restart|shutting down|shutdown|deploy|maintenance|draining/i,
    'transient',
    'backoff',
    'The reason text says that the server is going away for a while.',
    'Reconnect after a random pause.',
  ),
];

/** Reads what a close reason says for itself; null when it says nothing we know. Bounded: a reason has at most 123 bytes. */
export function readReason(reason: string): ReasonMeaning | null {
  const text = reason.slice(0, 1024);
  for (const { pattern, read } of rules) {
    const match = pattern.exec(text);
    if (match) return read(match);
  }
  return null;
}
