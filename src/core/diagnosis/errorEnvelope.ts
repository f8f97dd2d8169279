import { readReason } from '../close/reasonText.js';
import { messageWords } from './serverWords.js';

type Json = { readonly [key: string]: unknown };

/** What protocols call the kind of a message: type, event, message_type, eventType. */
const kindKey = /^(T|ev|op|action|cmd|command)$|(^|[_.-])(type|event|kind)$|[a-z](Type|Event|Kind)$/;

/** What may be data as well: it counts where the words of the message complain. */
const states = ['status', 'state', 'reason', 'code', 'result'] as const;

/** A kind that is an error: error, auth_failed, connectionError, quota_exceeded. */
const isErrorKind = new RegExp(
  [
    '(^|[ _.:/-])(err(or)?s?|fail(ed|ure)?|denied|reject(ed)?|refused|unauthori[sz]ed|forbidden|exception|invalid|nack|exceeded|too_?many|unusual)($|[ _.:/-])(?!(rate|count|total|stats?|budget|margin|bars?|correction|log)s?\\b)',
    '^not_(found|allowed|authori[sz]ed|authenticated)',
    '(token|jwt|session|auth|login|key|licen[cs]e|credentials?)[ _.-](expired|revoked|invalidated)$',
  ].join('|'),
  'i',
);

const inWords = (kind: string) => kind.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2');

const flags = ['success', 'ok', 'succeeded', 'result', 'authenticated'] as const;

/** Node-RED answers {"auth":"fail"}. */
const logins = ['auth', 'login', 'authentication'] as const;

const codes = [
  'code',
  'error_code',
  'errorCode',
  'err_code',
  'errCode',
  'errcode',
  'errno',
  'err',
  'retCode',
  'ret_code',
  'status_code',
  'statusCode',
  'status',
  'header_code',
  's',
  'rt_cd',
] as const;

const errors = [
  'error',
  'errors',
  'err',
  'error_msg',
  'err_msg',
  'errmsg',
  'errMsg',
  'errorMsg',
  'errorMessage',
  'error_message',
  'error_code',
  'errorCode',
  'exception',
  'fault',
  // Trackers of BitTorrent.
  'failure reason',
] as const;

/**
 * What a message says where it says plainly that it is an error, in whatever envelope applications use; not yet safe to show. Null for
 * every other message.
 */
export function errorWords(text: string, json: unknown): string | null {
  // SockJS and its like: an array of messages, behind a letter.
  const framed = json === null ? /^a(\[.*\])$/s.exec(text)?.[1] : undefined;
  if (framed !== undefined) return inFrame(framed);
  const message = Array.isArray(json) ? inList(json) : json;
  if (typeof message === 'string') return message;
  if (isRecord(message)) {
    const only = onlyWords(message);
    return (
      only ??
      (isError(message, 0) ? withCode(message, messageWords(JSON.stringify(message)) ?? loginWords(message)) : null)
    );
  }
  // Socket.IO emits errors as events: 42["exception",{…}].
  const event = /^4[25]\d*(?:\/[^,]{0,200},)?(\[.*)$/s.exec(text)?.[1];
  if (event !== undefined) return inEvent(event);
  const line = lines.map((pattern) => pattern.exec(text)?.[1]).find((words) => words !== undefined);
  if (line !== undefined) return line;
  const said = json === null && text.length <= 300 && !/^\s*[[{<]/.test(text) ? text.trim() : '';
  return isComplaint(said) ? said : null;
}

/** 401 and 403 say whose error it is where the words do not. */
function withCode(message: Json, words: string): string {
  const error = isRecord(message['error']) ? message['error'] : message;
  const code = error['code'];
  return (code === 401 || code === 403) && readReason(words) === null ? `code ${code}: ${words}` : words;
}

/** Lines that are errors in protocols of text: Guacamole, SIP and RTSP, Redis, Lightstreamer. */
const lines: readonly RegExp[] = [
  /^(?:\d+\.[^;]{0,200};){0,3}5\.error,\d+\.([^,;]{1,200})/,
  /^(?:SIP|RTSP)\/\d\.\d ([4-6]\d\d [^\r\n]{1,100})/,
  /^-([A-Z]{3,20} [^\r\n]{1,200})\r?\n?$/,
  // TLCP of Lightstreamer: CONERR,2,Requested Adapter Set not available.
  /^[A-Z]{0,6}ERR(?:OR)?,(?:-?\w{1,20},){1,3}([^\r\n,]{3,200})/,
];

/** The name of an error, or of a login that is wanted, as the one key of all: {"reauthRequired":{"reason":…}}. */
function onlyWords(message: Json): string | null {
  const [only, ...rest] = Object.keys(message).slice(0, 2);
  if (only === undefined || rest.length > 0 || !isSaid(message[only])) return null;
  const held = message[only];
  if (Array.isArray(held) && held.length === 2 && held[0] === false && typeof held[1] === 'string') return held[1];
  const kind = inWords(only);
  if (errors.some((key) => key === only) || !(isErrorKind.test(kind) || WANTS_LOGIN.test(kind))) return null;
  const inner = message[only];
  const words = typeof inner === 'string' ? inner : messageWords(JSON.stringify(inner));
  return words === undefined ? only : `${only}: ${words}`;
}

const WANTS_LOGIN = /(auth|login|password|credentials)\w*[_ -]?(required|needed)$/i;

/** Feeds of markets send lists of one; Nostr and others begin with the name of the message. */
function inList(list: readonly unknown[]): unknown {
  const [first, second, third, fourth] = list;
  if (first === 'CLOSED' && typeof third === 'string') return third;
  if (first === 'NOTICE' && typeof second === 'string')
    return readReason(second) || isComplaint(second) ? second : null;
  if (first === 'OK' && third === false) return typeof fourth === 'string' && fourth !== '' ? fourth : 'rejected';
  if (typeof first === 'string' && isErrorKind.test(inWords(first)))
    return (
      messageWords(JSON.stringify(list.slice(1).find((part) => part !== null && typeof part === 'object') ?? '')) ??
      list.filter((part) => typeof part === 'string').join(': ')
    );
  // A number or two before the name: [0,501,"error",["invalid sid"]] of ioBroker.
  const at = list.findIndex((part) => typeof part !== 'number');
  const name = at > 0 && at < 4 ? list[at] : null;
  if (typeof name === 'string' && isErrorKind.test(inWords(name)))
    return (
      list
        .slice(at + 1)
        .flat()
        .find((part) => typeof part === 'string' && part !== '') ?? name
    );
  // A head that says no, and a body that says why (Sonos).
  return isRecord(second) &&
    isRecord(first) &&
    !errors.some((key) => isSaid(first[key])) &&
    errors.some((key) => isSaid(second[key]))
    ? second
    : isRecord(first)
      ? first
      : null;
}

function inFrame(framed: string): string | null {
  try {
    const held: unknown = JSON.parse(framed);
    if (!Array.isArray(held)) return null;
    const first: unknown = held[0];
    const inner = typeof first === 'string' && /^\s*\{/.test(first) ? (JSON.parse(first) as unknown) : first;
    return isRecord(inner) ? errorWords('', inner) : null;
  } catch {
    return null;
  }
}

function inEvent(event: string): string | null {
  try {
    const [name, ...rest] = JSON.parse(event) as readonly unknown[];
    const [first] = rest;
    const denied = isRecord(first) ? denial(first, SAYS_NO_TO) : null;
    if (denied !== null) return denied;
    if (typeof name !== 'string' || !isErrorKind.test(inWords(name))) return null;
    if (typeof first === 'number' || typeof first === 'boolean') return null;
    return typeof first === 'string' ? first : (messageWords(JSON.stringify(first ?? {})) ?? name);
  } catch {
    return null;
  }
}

/** A status that says no, under whatever name it has: {"accessStatus":"deny"}. */
function denial(message: Json, no = NO_ACCESS): string | null {
  const key = Object.keys(message)
    .slice(0, 40)
    .find((name) => /status$/i.test(name) && no.test(String(message[name])));
  return key === undefined ? null : `${key}: ${String(message[key])}`;
}

/** Nothing but a client is told so; orders and jobs are rejected and refused as well. */
const NO_ACCESS = /^(deny|((access|permission)[ _-]?)?denied|un(authori[sz]ed|authenticated)|forbidden)$/i;
const SAYS_NO_TO = new RegExp(`${NO_ACCESS.source}|^(refused|rejected)$`, 'i');

/** A status that is no in one word, as APIs for trading have it: {"t":"ck","s":"NOT_OK"}. */
const noOf = (message: Json) =>
  ['status', 'stat', 's', 'result', 'state'].find((key) => /^not[ _-]?ok$/i.test(String(message[key]))) ?? null;

/** What the login came to, where nothing else is said. */
function loginWords(message: Json): string {
  const denied = [message, ...Object.values(message).filter(isRecord)]
    .map((held) => denial(held))
    .find((no) => no !== null);
  if (denied !== undefined) return denied;
  const key = logins.find((name) => typeof message[name] === 'string') ?? noOf(message) ?? undefined;
  return key === undefined ? (errorKind(message) ?? 'error') : `${key}: ${String(message[key])}`;
}

/** What the message calls itself, where that is an error. */
function errorKind(message: Json): string | null {
  const kinds = Object.keys(message)
    .slice(0, 40)
    .filter((key) => kindKey.test(key))
    .map((key) => message[key]);
  return kinds.find((kind): kind is string => typeof kind === 'string' && isErrorKind.test(inWords(kind))) ?? null;
}

function isError(message: Json, depth: number): boolean {
  if (errors.some((key) => isSaid(message[key]))) return true;
  if (errors.some((key) => typeof message[key] === 'number' && message[key] !== 0)) return readable(message);
  if (
    flags.some((key) => message[key] === false || message[key] === 'false') &&
    (hasWords(message) || readable(message))
  )
    return true;
  const isKind = (key: string) => typeof message[key] === 'string' && isErrorKind.test(inWords(message[key]));
  if (errorKind(message) !== null) return true;
  if (logins.some(isKind)) return true;
  if (['status', 'channel', 'name', 'msg', 'topic'].some((key) => /^error$/i.test(String(message[key])))) return true;
  if (denial(message) !== null || isShownOut(message)) return true;
  if (states.some(isKind)) return readable(message);
  if (noOf(message) !== null) return true;
  if (codes.some((key) => isErrorCode(message[key])) && readable(message)) return true;
  if (codes.some((key) => message[key] !== undefined) && saysNo(message)) return true;
  if (depth > 2) return false;
  // One envelope deep: {"data":{"code":401,…}}, {"header":{"event":"task-failed",…}}.
  const head = message['header'] ?? message['meta'];
  if (
    isRecord(head) &&
    (isError(head, depth + 1) || (typeof head['name'] === 'string' && isErrorKind.test(inWords(head['name']))))
  )
    return true;
  return ['data', 'payload', 'd', 'response', 'result', 'body', 'content', 'plugindata'].some((key) => {
    const held = message[key];
    const inner: unknown = Array.isArray(held) && held.length === 1 ? held[0] : held;
    return (
      isRecord(inner) &&
      isError(inner, depth + 1) &&
      (readable(inner) || isFailed(inner) || saysTwice(inner) || denial(inner) !== null)
    );
  });
}

/** Told to leave, for a reason that is one of the client; a server that goes away says so as well. */
function isShownOut({ type, event, reason }: Json): boolean {
  if ((type ?? event) !== 'disconnect' || typeof reason !== 'string') return false;
  const told = readReason(reason);
  return told !== null && !['maintenance', 'lifetime'].includes(told.kind);
}

/** Something is there, and it is no way to say that nothing is. */
function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || typeof value === 'number') return false;
  if (typeof value === 'string') return !/^(0|no|none|ok|success|false|null)?$/i.test(value.trim());
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** Any but those of success, of HTTP or counted from none; beside words that complain. */
function isErrorCode(value: unknown): boolean {
  const code = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof code === 'number' && (code < 0 || code >= 400);
}

const isFailed = ({ status }: Json) => typeof status === 'string' && /^(error|fail(ed|ure)?)$/i.test(status);

/** An error in words beside a number or a flag that says so too. */
function saysTwice(message: Json): boolean {
  return (
    errors.some((key) => typeof message[key] === 'string' && isSaid(message[key])) &&
    (flags.some((key) => message[key] === false) ||
      [...codes, ...errors].some((key) => typeof message[key] === 'number' && message[key] !== 0))
  );
}

/** Words that begin with a no, whatever the number beside them counts. */
function saysNo(message: Json): boolean {
  return ['message', 'msg', 'msg1', 'ret_msg', 'retMsg', 'reason'].some(
    (key) => typeof message[key] === 'string' && SAYS_NO.test(inWords(message[key].trim())),
  );
}

const SAYS_NO =
  /^(\w+[_ ])?(denied|failed|rejected|refused|unsuccessful)\b|^(error|failure|invalid|forbidden|unauthori[sz]ed|unsuccessful)\b|^not (subscribed|allowed|authori[sz]ed|authenticated|permitted|supported|logged|found)\b/i;

/** Beside a flag that says no, any words say why. */
function hasWords(message: Json): boolean {
  return ['message', 'msg', 'ret_msg', 'retMsg', 'reason', 'detail', 'description'].some(
    (key) => typeof message[key] === 'string' && message[key].trim().length > 2,
  );
}

/** It has words that complain: a flag or a number alone may count something else. */
function readable(message: Json): boolean {
  return readReason(messageWords(JSON.stringify(message)) ?? '') !== null;
}

/** A line of text that begins as a complaint does. */
function isComplaint(said: string): boolean {
  if (/^(-?err(or)?|fail(ed|ure)?|exception|denied|rejected|fatal)\b/i.test(said)) return true;
  const told = readReason(said);
  return (
    told !== null &&
    (!['maintenance', 'overload', 'format', 'not-found'].includes(told.kind) || NAMES_A_FAULT.test(said)) &&
    said.length <= 120 &&
    startsSo(said)
  );
}

/** A fault of the message before it, as its first words. */
const NAMES_A_FAULT = /^(invalid|malformed|unsupported|unrecogni[sz]ed) [a-z]{2,20}\b(?! ?\?)/i;

const startsSo = (said: string) => {
  const first = said.split(/[.!:;,]/, 1)[0] ?? '';
  return readReason(first) !== null;
};

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
