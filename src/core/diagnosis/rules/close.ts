import type { CloseExplanation } from '../../close/explainClose.js';
import { readReason, type ReasonMeaning } from '../../close/reasonText.js';
import { explainDialectClose } from '../../dialects/explainDialectClose.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { applicationRefusal } from '../applicationRefusal.js';
import { placeIn } from '../credentialPlace.js';
import { credentialsSent, formatMs, phaseOf } from '../facts.js';
import { finding } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { lastWords, messageWords } from '../serverWords.js';
import { ownOrigin } from '../snippets/origin.js';
import { profileFix } from '../snippets/profile.js';
import { agreedToDeflate } from '../snippets/proxy.js';
import { logFix, labFix, textFix } from '../snippets/shell.js';
import { actionAfter } from '../toldAction.js';
import { heartbeatFix, timedSilence } from './timers.js';
import { lostBehind, ofGraphql, UNOFFERED, unsaidReason } from './closeCause.js';
import { begunFix, wordlessTitle, wordlessWhy } from './wordlessClose.js';

interface ServerClose {
  readonly code: number;
  readonly reason: string;
  /** What the reason says: itself, or the words in it where it is JSON. */
  readonly words: string;
  /** From the 101 to the Close frame. */
  readonly afterMs: number | null;
  readonly explained: CloseExplanation;
  /** The last message, where it says why. */
  readonly said: string | null;
  /** What the reason, or the last message where there is none, complains of. */
  readonly told: ReasonMeaning | null;
  /** The protocol that is spoken has a meaning of its own for the code. */
  readonly isOfDialect: boolean;
}

/** The Close frame with which the server ended the connection before we wanted it, unless the profile expects the code. */
function serverClose(evidence: Evidence): ServerClose | null {
  const { failure, report, stream, plan } = evidence;
  const frame = stream.closeReceived ?? (failure?.kind === 'closed' ? report.close : null);
  if (!frame || (failure === null && !isOfItsOwn(frame.code))) return null;
  if (failure?.kind !== 'closed' && report.close?.initiator !== 'server') return null;
  // An expected close is still a failure where it cut a message check short.
  const cutShort = failure?.kind === 'closed' && plan.message !== null;
  if (plan.expect.closeCode?.includes(frame.code) && !cutShort) return null;
  const { code, reason } = frame;
  const said = lastWords(evidence);
  // A message has room for words; a reason may be no more than the name of the error.
  const words = reasonWords(reason);
  const meant = readReason(said ?? '') ?? readReason(words);
  // A broken frame is none that a person composed.
  const told = code === 1002 && meant?.kind === 'format' ? null : meant;
  const about = readReason(said ?? '') === null ? words : (said ?? '');
  const explained = explainDialectClose(code, { dialect: report.dialect, initiator: 'server', reason: about });
  const isOfDialect = explained.dialect !== null;
  return { code, reason, words, afterMs: openFor(evidence), explained, said, told, isOfDialect };
}

/** No answer to a good end: where it crossed our Close, or came in its place, the server had something to say. */
const isOfItsOwn = (code: number) => code >= 3000 || [1002, 1003, 1007, 1008, 1009, 1011, 1013, 1014].includes(code);

/** It cost nothing that was asked for. */
const asAWarning = ({ failure }: Evidence) => (failure === null ? { severity: 'warning' as const } : {});

/** Of JSON its words, cut as it may be at the 123 bytes of a reason. */
function reasonWords(reason: string): string {
  if (!/^\s*[{[]/.test(reason)) return reason;
  return messageWords(reason) ?? /"(?:message|error|reason|detail|msg)"\s*:\s*"([^"]{3,})/.exec(reason)?.[1] ?? reason;
}

/** From the 101 to the Close frame of the server. */
function openFor(evidence: Evidence): number | null {
  const upgrade = phaseOf(evidence, 'upgrade');
  const { closeReceived, openForMs } = evidence.stream;
  if (!closeReceived || !upgrade) return openForMs;
  return Math.max(0, closeReceived.atMs - upgrade.startMs - upgrade.durationMs);
}

const specials: Readonly<Record<number, { readonly id: FindingId; readonly title: string; readonly why: string }>> = {
  1001: {
    id: 'close.going-away',
    title: 'The server is going away and closed the connection',
    why: 'A deployment, a restart, or a limit on the life of connections. Clients should come back after a random pause, and not all at once.',
  },
  1008: {
    id: 'close.policy',
    title: 'The server closed the connection for a rule of its own',
    why: 'The code 1008 stands for authentication, origin, rate and limits alike; the reason text and the log of the server say which rule it was.',
  },
  1009: {
    id: 'close.too-big',
    title: 'The server closed the connection because a message was too big for it',
    why: 'The limit is that of the server, not ours. Send smaller messages, or raise the limit there.',
  },
  1011: {
    id: 'close.internal-error',
    title: 'The server failed and closed the connection',
    why: 'An exception that nobody handled, or a backend that is down. The log of the server has the details.',
  },
  1012: {
    id: 'close.overloaded',
    title: 'The server is restarting and closed the connection',
    why: 'Clients should come back after a random pause of 5 to 30 seconds.',
  },
  1013: {
    id: 'close.overloaded',
    title: 'The server is overloaded and closed the connection',
    why: 'Clients should come back with a growing, random pause; hammering keeps the server down.',
  },
};

/** Codes that say more than "rejected". */
export const closeSpecial: Rule = {
  ids: [...new Set(Object.values(specials).map(({ id }) => id))],
  diagnose: (evidence) => {
    const close = serverClose(evidence);
    const special = close && specials[close.code];
    if (!close || !special) return null;
    const { code, explained, said, told } = close;
    const unsaid = unsaidReason(evidence, close);
    const lost = code === 1011 || code === 1014 ? lostBehind(close.words) : null;
    if (lost)
      return finding(special.id, { ...asAWarning(evidence), ...lost, evidence: closeEvidence(evidence, close) });
    return finding(special.id, {
      ...asAWarning(evidence),
      title: unsaid?.title ?? titleOf(close, `${special.title} (${code}${reasonIn(close)})${whenSent(evidence)}`),
      explanation:
        unsaid?.why ??
        (told ? `${howItEnded(evidence, close)} ${explained.meaning}` : `${special.why} ${explained.meaning}`),
      evidence: closeEvidence(evidence, close),
      fixes: unsaid?.fixes ?? [
        said === null && told === null && beatAgainst(evidence),
        ...specialFixes(evidence, close),
        actionFix(evidence, close),
        close.code === 1001 && asItShouldBe(evidence, close),
      ],
    });
  },
};

/** A Close frame before we wanted one. */
export const closeRejected: Rule = {
  ids: ['close.rejected'],
  diagnose: (evidence) => {
    const close = serverClose(evidence);
    // A code that says more is told by what it says.
    if (!close || specials[close.code]) return null;
    const { code, explained, told } = close;
    // The one code of graphql-ws that names its cure (GraphQL over WebSocket Protocol, "Subprotocol not acceptable").
    const tokenless = code === 4406 && evidence.plan.subprotocols.length === 0;
    const wordless = isWordless(evidence, close);
    const untaken = isUntaken(evidence, close);
    const misses = untaken && code === 1002 && evidence.plan.subprotocols.length === 0;
    const unsaid = tokenless ? null : unsaidReason(evidence, close);
    const words = code === 1005 ? 'a Close frame without a code' : `${code} (${explained.name}${reasonIn(close)})`;
    return finding('close.rejected', {
      ...asAWarning(evidence),
      title: (tokenless || unsaid ? plainly : titleOf)(
        close,
        unsaid?.title ??
          (wordless
            ? wordlessTitle(evidence, code, explained.name)
            : `The server accepted the connection, then closed it with ${words}${tokenless ? ': no subprotocol was offered' : whenSent(evidence)}${untaken ? `: it does not take it${misses ? ', or misses a subprotocol (none was offered)' : ', or fails at it'}, as it seems` : ''}`),
      ),
      explanation:
        unsaid?.why ??
        (wordless
          ? wordlessWhy(evidence)
          : `${howItEnded(evidence, close)} ${misses ? UNOFFERED : untaken ? 'A handler that throws, or returns, ends it like this as well.' : meaningOf(close)} ${ofDeflate(evidence, close) ? DEFLATE_LOST : (explained.note ?? '')}`),
      evidence: closeEvidence(evidence, close),
      fixes: unsaid?.fixes ?? [
        code === 4406 && graphqlFix(evidence),
        ofDeflate(evidence, close) && profileFix('Do without compression (profile)', { compression: false }),
        told === null && beatAgainst(evidence),
        explained.class === 'auth' &&
          !['login-timeout', 'origin', 'expired'].includes(told?.kind ?? '') &&
          (close.reason === '' || ofLogin.test(`${explained.name} ${close.words}`)) &&
          couldSendToken(evidence) &&
          placeIn(close.words),
        ...(wordless
          ? [begunFix(evidence), labFix(evidence)]
          : untaken
            ? [misses && ofGraphql(evidence), compareFix, logFix(evidence)]
            : [actionFix(evidence, close), asItShouldBe(evidence, close)]),
      ],
    });
  },
};

/** What the server says of it itself comes first: in a message before it, or in the reason. */
function titleOf(close: ServerClose, otherwise: string): string {
  const { code, explained, said } = close;
  if (said !== null && !isRepeated(said, close.words))
    return `The server said "${said}", then closed the connection with ${code} (${explained.name}${reasonIn(close)})`;
  const words = quoteText(close.words, 160).replaceAll('"', "'");
  return (close.told !== null || [1008, 1011].includes(code) || (code >= 3000 && !close.isOfDialect)) && words !== ''
    ? `The server closed the connection: "${words}" (${code}, ${explained.name})`
    : otherwise;
}

/** Before anything was sent, and before a person could have done anything. */
function isWordless(evidence: Evidence, { code, reason, afterMs, said }: ServerClose): boolean {
  return (
    (code === 1005 || (code === 1000 && reason === '')) &&
    evidence.messages.length === 0 &&
    said === null &&
    afterMs !== null &&
    afterMs < AT_ONCE_MS &&
    !hasSent(evidence) &&
    !evidence.stream.hasTalked &&
    applicationRefusal(evidence) === null
  );
}

/** A message of ours is all that passed. */
function isUntaken(evidence: Evidence, { code, reason, said }: ServerClose): boolean {
  return (
    (code === 1005 || code === 1000 || (code === 1002 && !agreedToDeflate(evidence))) &&
    reason === '' &&
    said === null &&
    hasSent(evidence) &&
    evidence.messages.length === 0 &&
    !evidence.stream.hasTalked
  );
}

const compareFix = textFix(
  'What to do',
  'Compare the message with what the server speaks: its protocol, text or binary, and what must come first.',
);

const plainly = (_: ServerClose, title: string) => title;

/** The reason is the message again, cut at the 123 bytes that it may have. */
function isRepeated(said: string, reason: string): boolean {
  return reason.length > 20 && said.slice(0, 20) === reason.slice(0, 20);
}

/** No convention and no protocol gives the code a meaning. */
const saysNothing = (code: number, { dialect, name }: CloseExplanation) =>
  code >= 3000 && dialect === null && name === 'Application Code';

/** A code of the protocol says less than the words of who chose it. */
function meaningOf({ code, explained, reason, said, told }: ServerClose): string {
  if (code === 1000 && told === null && said !== null)
    return 'The code is that of a good end; the message before it says why.';
  if (told === null && reason !== '' && saysNothing(code, explained))
    return 'The code is one of the application, and its words say why.';
  return told === null && reason !== '' && [1002, 1003, 1007].includes(code) && explained.dialect === null
    ? `Applications also use ${code} for what they do not want; the words are those of the server.`
    : explained.meaning;
}

const DEFLATE_LOST =
  'Compression was agreed in the handshake, and who reads our frames does not know of it: something in between agreed in place of the server, or passed its answer on and takes the frames apart itself.';

/** It stumbled over the bit of compression, which was agreed. */
function ofDeflate(evidence: Evidence, { code, reason }: ServerClose): boolean {
  return code === 1002 && /\brsv ?1?\b|reserved bit|compress|deflate/i.test(reason) && agreedToDeflate(evidence);
}

/** A refusal or a broken protocol never is. */
function asItShouldBe(evidence: Evidence, { code, explained, said, told }: ServerClose): Fix | null {
  const refused = told !== null || said !== null || applicationRefusal(evidence) !== null;
  return refused || !['normal', 'transient'].includes(explained.class)
    ? null
    : evidence.plan.message === null
      ? profileFix('If this close is as it should be (profile)', { expect: { closeCode: [code] } })
      : // A close that was expected cuts a message check short all the same.
        textFix(
          'If this close is as it should be',
          `In place of "message": "steps" that send, expect the answer, and then { "expectClose": { "code": ${code} } }.`,
        );
}

/** The token of GraphQL that was not tried; null where both were. */
function graphqlFix({ plan }: Evidence): Fix | null {
  const token = ['graphql-transport-ws', 'graphql-ws'].find((name) => !plan.subprotocols.includes(name));
  return token === undefined
    ? null
    : profileFix('Offer the subprotocol of GraphQL (profile)', { subprotocols: [token] });
}

/** Refused is who was shown the door before anything was said; how long that took tells nothing of a conversation. */
function howItEnded({ failure, plan, stream }: Evidence, { afterMs }: ServerClose): string {
  if (failure === null) return 'It came as we closed the connection ourselves, and is no answer to a good end.';
  if (!stream.hasTalked && plan.message?.send !== undefined)
    return 'The handshake is fine: the server took the connection, and ended it after the message that was sent.';
  if (stream.hasTalked) return 'The connection worked: messages had come before the server ended it.';
  if (afterMs !== null && afterMs > Math.max(1000, plan.expect.holdMs))
    return 'The connection stood for a while before the server ended it.';
  return 'The handshake is fine: the server looked at the connection after it and said no.';
}

function reasonIn({ words }: ServerClose): string {
  const said = quoteText(words, 124);
  return said ? `: ${said}` : '';
}

function closeEvidence(evidence: Evidence, { code, reason, afterMs, explained }: ServerClose): string[] {
  const expired = evidence.tokens.filter((token) => token.expired);
  return [
    `Close ${code}, reason ${reason ? `"${quoteText(reason, 200)}"` : 'empty'}`,
    ...(afterMs === null ? [] : [`${formatMs(afterMs)} after the handshake`]),
    ...(explained.dialect === null ? [] : [`Dialect: ${explained.dialect}`]),
    ...explained.causes.map((cause) => `Usual cause: ${cause}`),
    ...explained.usedBy.map(({ title, name, meaning }) => `${title}: ${name}: ${meaning}`),
    ...expired.map(
      ({ where, expiresAt }) => `The token in ${quoteText(where, 60)} expired at ${quoteText(expiresAt, 40)}`,
    ),
    ...evidence.messages.slice(0, 2).map((text) => `Message before the close: ${quoteText(text)}`),
    ...silence(evidence),
    ...notOurPing(evidence),
    `Reconnect: ${explained.reconnect}`,
  ];
}

function silence(evidence: Evidence): string[] {
  const idleMs = timedSilence(evidence);
  return idleMs === null ? [] : [`Silent for ${formatMs(idleMs)} before it: whole seconds, as idle timers count`];
}

export function beatAgainst(evidence: Evidence): Fix | null {
  const idleMs = timedSilence(evidence);
  return idleMs === null ? null : heartbeatFix(idleMs);
}

/** It ended right after our ping, and without one as well. */
export function notOurPing({ stream: { ping } }: Evidence): string[] {
  return ping?.withoutIt === 'ended'
    ? ['Held once more without our ping, it ended as well: the ping is not the cause']
    : [];
}

/** What a registered code may stand for helps nobody whom the server told more, in words that are not known. */
function actionFix(evidence: Evidence, { code, explained, reason, said, told }: ServerClose): Fix | null {
  const plain = explained.dialect === null && (code < 3000 || saysNothing(code, explained));
  if (told === null && (reason !== '' || said !== null || (code === 1000 && evidence.stream.hasTalked)) && plain)
    return null;
  return textFix(`What to do about ${code}`, ...explained.actions.map((action) => actionAfter(evidence, action)));
}

/** An answer to a message of ours is about what that said: its protocol carries the login. */
function couldSendToken(evidence: Evidence): boolean {
  return credentialsSent(evidence).length === 0 && evidence.plan.message?.send === undefined;
}

/** Where nothing else tells why, when it ended does. */
const whenSent = (evidence: Evidence) =>
  hasSent(evidence) && !evidence.stream.hasTalked ? ', after the message that was sent' : '';

/** A server that waited for our first message had nothing against the request. */
export const hasSent = ({ plan }: Evidence) => plan.message?.send !== undefined;

const ofLogin = /token|auth|key|credential|log ?in|session|jwt|permission|user/i;

function specialFixes(evidence: Evidence, { code, words: reason, told }: ServerClose): readonly (Fix | null)[] {
  // What the server says of the rule leaves only what it speaks of.
  const words = reason === '' ? lastWords(evidence) : reason;
  switch (code) {
    case 1008:
      if (told !== null && !['auth', 'expired', 'origin'].includes(told.kind)) return [];
      return [
        (words === null || (ofLogin.test(words) && told?.kind !== 'expired')) && couldSendToken(evidence)
          ? placeIn(words ?? '')
          : null,
        words === null ? labFix(evidence) : null,
        words !== null && /origin/i.test(words) && evidence.plan.origin === null && !hasSent(evidence)
          ? profileFix('Send an origin (profile)', { origin: ownOrigin(evidence.plan) })
          : null,
      ];
    case 1009:
      // Where nothing was sent, or the words speak of another limit, none of messages was met.
      return [
        hasSent(evidence) && (told === null || told.kind === 'size')
          ? textFix('On the server', 'Raise its limit of a message (maxPayload of ws), or send smaller ones.')
          : null,
      ];
    case 1011:
      // An error that says whose it is needs no log.
      if (told !== null && told.kind !== 'overload') return [];
      return [logFix(evidence)];
    default:
      if (told !== null && !['yes', 'backoff'].includes(told.reconnect)) return [];
      return [
        {
          title: 'Client: reconnect with a growing, random pause',
          language: 'javascript',
          snippet: 'const pauseMs = Math.random() * Math.min(30000, 1000 * 2 ** attempt);',
        },
      ];
  }
}

/** An end that came sooner than any timer counts. */
export const AT_ONCE_MS = 1_000;
