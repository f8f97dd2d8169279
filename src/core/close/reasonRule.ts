import type { CloseClass, ReconnectAdvice } from './closeCode.js';

/** What a server complains of, whatever protocol or language it does it in. */
type ReasonKind =
  | 'auth'
  | 'banned'
  | 'connections'
  | 'duplicate'
  | 'expired'
  | 'format'
  | 'heartbeat'
  | 'idle'
  | 'lifetime'
  | 'login-timeout'
  | 'maintenance'
  | 'not-found'
  | 'origin'
  | 'overload'
  | 'quota'
  | 'rate'
  | 'region'
  | 'size'
  | 'slow'
  | 'starting'
  | 'stopped'
  | 'subprotocol'
  | 'version';

/** What a reason text tells beyond the code. */
export interface ReasonMeaning {
  readonly kind: ReasonKind;
  readonly meaning: string;
  readonly class: CloseClass;
  readonly reconnect: ReconnectAdvice;
  readonly action: string;
  readonly source: string;
}

export interface ReasonRule {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => ReasonMeaning;
}

export const rule = (
  kind: ReasonKind,
  pattern: RegExp,
  family: CloseClass,
  reconnect: ReconnectAdvice,
  meaning: string,
  action: string,
  source = 'the words of the server',
): ReasonRule => ({ pattern, read: () => ({ kind, meaning, class: family, reconnect, action, source }) });

/** One of several spellings; kept apart so that each line can be read. */
export const any = (...patterns: readonly RegExp[]) => new RegExp(patterns.map(({ source }) => source).join('|'), 'i');

/** What several rules read: their words differ by far, and stand in different places of the order. */
export const UNHEARD = [
  'transient',
  'yes',
  'The words say that the server heard nothing, or not what it waits for, for too long.',
  'Send what this server waits for more often than its limit: data, a message of its protocol, or a ping where it counts.',
] as const;

export const CREDENTIALS = [
  'auth',
  'fix',
  'The words speak of credentials or rights.',
  'Check the credentials, where they go and what they allow.',
] as const;

export const OFTEN = [
  'limit',
  'backoff',
  'The words speak of a limit on how much, or how often, a client may ask.',
  'Send less or fewer at a time, and wait longer before trying again.',
] as const;

export const NOT_UNDERSTOOD = [
  'protocol',
  'fix',
  'The words say that the server does not understand what was sent.',
  'Compare the last message sent, and the query, with what its documentation shows: names and types of fields, text or binary, the order of messages.',
] as const;

export const ABSENT = [
  'permanent',
  'fix',
  'The words say that what was asked for is not there, or not offered.',
  'Check the names that were asked for, letter by letter: path, query, channel, model, version.',
] as const;

export const SLOW = [
  'limit',
  'backoff',
  'The words say that the client does not read as fast as the server sends.',
  'Read faster, hand messages to another thread, or subscribe to less.',
] as const;

export const MISSING = [
  'protocol',
  'fix',
  'The words name something that is missing from what was sent.',
  'Add what the words name where its documentation has it: in the path, the query, a header or the message.',
] as const;
