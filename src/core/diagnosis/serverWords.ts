import { STATUS_CODES } from 'node:http';
import type { Evidence } from '../base/evidence.js';
import type { ResponseInfo } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { readReason } from '../close/reasonText.js';
import { isHtml, readableText } from './facts.js';
import { readPage } from './pageText.js';

const MAX_WORDS = 120;

/** What a refusal says for itself, beyond its status line; safe to show and bounded, null where it says nothing. */
export function serverWords(response: ResponseInfo): string | null {
  const { text } = response.body;
  const legible = !/[\ufffd\u0000-\u0008]/.test(text.slice(0, 200));
  const json = jsonWords(text)?.filter((words) => !saysNothing(words, response));
  const inBody =
    (json && [mostTelling(json) ?? '', ...json]) ??
    (isHtml(response) || /^\s*<\?xml\b/.test(text)
      ? pageWords(response)
      : [withoutStack(unframed(readableText(response)))]);
  for (const words of [...(legible ? inBody : []), ...headerWords(response)]) {
    const quoted = quoteText(withoutValues(words).replace(/ \/\/ Werkzeug Debugger$/, ''), MAX_WORDS);
    if (!saysNothing(quoted, response)) return quoted.replace(/\.$/, '');
  }
  return null;
}

/** What the status line says beside the status, where that is no name of a status: "403 Token expired". */
export function oddReason(response: ResponseInfo): string | null {
  const { reason } = response;
  const isName = Object.values(STATUS_CODES).some((name) => name?.toLowerCase() === reason.toLowerCase());
  const words = reason.split(/\s/).filter((word) => /\p{L}{2}/u.test(word));
  return isName || words.length < 2 || saysNothing(reason, { ...response, reason: '' }) ? null : reason;
}

/** `, with the words "…"` for the end of a title; empty where the answer says nothing of its own. */
export function inWords(response: ResponseInfo): string {
  const words = serverWords(response);
  return words === null ? '' : `, with the words "${words.replaceAll('"', "'")}"`;
}

/** More messages than a server sends that only says why it leaves. */
const FEW_MESSAGES = 3;

/** What tells a message that says why from one that greets. */
const COMPLAINS =
  /err|fail|denied|refus|reject|invalid|unauth|forbid|expired|limit|exceed|not allowed|success"?: ?false/i;

/** Whether words are about something that is wrong, and not a greeting. */
export const complains = (words: string) => COMPLAINS.test(words);

/**
 * What the server said in its last message before it ended the connection, or in one before that which complains; safe to show, null
 * where that was no word.
 */
export function lastWords({ messages }: Pick<Evidence, 'messages'>): string | null {
  if (messages.length > FEW_MESSAGES) return null;
  for (const [age, message] of messages.toReversed().entries()) {
    const words = age === 0 || COMPLAINS.test(message) ? (messageWords(message) ?? kindOfEnd(message)) : undefined;
    if (words !== undefined) return quoteText(words, MAX_WORDS).replaceAll('"', "'") || null;
  }
  return null;
}

/** What a message without words calls itself, or a flag in it, where that says why one ends: {"event":"channel.timeOut"}. */
function kindOfEnd(message: string): string | undefined {
  const kind = /^\s*\{[^{}]{0,200}"(?:type|event|kind|action|op|reason|status)"\s*:\s*"([\w.:/ -]{3,80})"/.exec(
    message,
  )?.[1];
  const flag = /"(\w{0,40}(?:expired|revoked|kicked|banned|denied))"\s*:\s*true\b/i.exec(message.slice(0, 1_000))?.[1];
  const listed =
    /^\s*\[[^[\]{}]{0,60}"((?:re-?)?(?:auth\w*|log_?in\w*)|unauthori[sz]ed|forbidden)"[^[\]{}]{0,60}\]\s*$/i.exec(
      message,
    )?.[1];
  return kind !== undefined && SAYS_WHY.test(kind) ? kind : (flag ?? listed);
}

const SAYS_WHY = /(time[_ -]?out|timed[_ -]?out|expired|revoked|kicked|banned|denied|rejected|failed)$/i;

/** A message whose kind alone says what is wanted: {"type":"auth_required"}. */
const ASKS_FOR_LOGIN =
  /"(?:type|event|kind|action|cmd|op|method)"\s*:\s*"((?:auth\w*|log_?in|token|credentials)[-_. ]?(?:required|needed|missing))"/i;

/** The words of one message, not yet safe to show; undefined where it has none. */
export function messageWords(message: string): string | undefined {
  // The close of SockJS, by which it says why before it ends the connection.
  const [, code, why = ''] = /^c\[(\d{1,5}),\s*"((?:[^"\\]|\\.){1,300})"\]\s*$/.exec(message) ?? [];
  if (code !== undefined) return `${code}: ${why}`;
  // Feeds send lists of objects; any other list is a protocol's own, unless it begins by saying that it is an error.
  if (/^\s*\[(?!\s*\{)/.test(message) && !/^\s*\[\s*"[^"]*(err|fail|reject|denied)/i.test(message)) return undefined;
  // SignalR ends each record with U+001E; the last of several says why.
  const record = message.split('\u001e', 8).findLast((part) => part.trim() !== '') ?? '';
  const json = jsonWords(record);
  if (json) return mostTelling(json) ?? ASKS_FOR_LOGIN.exec(record)?.[1];
  // The frame that ends a stream of XMPP (RFC 7395) has no word in it, and its error one in a tag.
  const condition = /^<stream:error\b[^>]{0,300}>\s*<([a-z-]{3,60})\b/.exec(message)?.[1];
  if (condition !== undefined) return `stream error: ${condition}`;
  if (/^<close [^>]{0,300}\/>$/.test(message)) return undefined;
  return /^[\p{L}<"'(-].*\p{L}{2}/su.test(message) ? message : undefined;
}

/** The first words, and those after them that say why where the first do not: "Failed to subscribe", "authentication required". */
function mostTelling(json: readonly string[]): string | undefined {
  const said = json.filter((words) => !/^((an? )?error|failed|(code|error) -?\d{1,3})\.?$/i.test(words));
  const [first] = said;
  if (first === undefined) return json[0];
  if (readReason(first) !== null) {
    const [, more] = said;
    // The name of a class, and a sentence beside it.
    if (/^\w+(?:\.\w+){2,}$/.test(first) && more !== undefined && /\s/.test(more)) return more;
    return more !== undefined &&
      !/^(code|error) -?\d/.test(more) &&
      first.length <= 24 &&
      /\s/.test(more) &&
      !more.includes(first) &&
      !first.includes(more)
      ? `${first}: ${more}`
      : first;
  }
  const why =
    said.find((words) => readReason(words) !== null && !words.includes(first)) ??
    (/\s/.test(first) && !SAYS_THAT.test(first)
      ? undefined
      : said.find((words) => words !== first && /\p{L}{2}\s+\S*\p{L}{2}/u.test(words)));
  // The name of an error, before what it is about.
  if (why !== undefined && /^[A-Z]+(_[A-Z]+)+$/.test(why)) return `${why}: ${first}`;
  return why === undefined || !/\s/.test(why) ? first : `${first}: ${why}`;
}

/** Words that tell what failed, and not why. */
const SAYS_THAT =
  /^(failed|unable|could ?n[o']t|cannot|can't|error) [^:]{1,60}$|^[^:]{1,60} (failed|error|rejected)\.?$/i;

/** A token that is repeated in an error leaves no room for what is said of it. */
const withoutValues = (text: string) => text.slice(0, 4_096).replace(/eyJ[\w-]{8,}(?:\.[\w-]+){1,2}|[\w-]{48,}/g, '…');

/** What draws a box around words in a terminal. */
const unframed = (text: string) => text.replace(/[\u2500-\u259f]+/g, ' ');

/** Headers in which vendors say what is wrong, beside the body or without one. */
function headerWords({ headers }: ResponseInfo): readonly string[] {
  const telling =
    /(^|-)error(-(message|msg|reason|description|detail|info))?$|^x-(reason|deny-reason|denied-reason|websocket-reject-reason)$|^grpc-message$/i;
  return headers.flatMap(([name, value]) => (telling.test(name) && /\p{L}{2}/u.test(value) ? [value] : []));
}

/** Where an error was thrown is for who wrote the server: "at f (/srv/a.js:1:2)", "at a.b.C(D.java:3)". */
const withoutStack = (text: string) =>
  text
    .replace(/\sTraceback \(most recent call last\):.*$/s, '')
    .replace(/\sat (?:[\w.$<>#[\]]{1,80} ){0,3}\(?[^\s()]{0,200}\(?[^\s()]{0,200}\.\w{1,6}:\d+.*$/s, '');

function pageWords(response: ResponseInfo): readonly string[] {
  const { title, heading, text: whole } = readPage(response.body.text);
  const text = withoutStack(whole);
  const rest = fromTheCause(heading !== '' && text.startsWith(heading) ? text.slice(heading.length).trim() : text);
  const told = /<faultstring[^>]{0,60}>([^<]{3,200})/.exec(response.body.text)?.[1] ?? labelled(rest);
  // The table of Jetty repeats the request.
  return [
    told,
    ...(saysMore(title, heading) ? [title] : []),
    ...(SAYS_NO.test(heading) && readReason(rest) !== null ? [rest] : []),
    heading,
    title,
    told === '' && /\bURI: +\S+ +STATUS: +\d/.test(rest) ? '' : rest,
  ];
}

/** Of a page that says much, what begins with the sentence that says why; the signature at its end is of nobody's interest. */
function fromTheCause(text: string): string {
  const said = text.slice(0, 2_000).replace(/ (?:Proudly )?[Pp]owered by .*$/, '');
  if (said.length <= MAX_WORDS) return said;
  const at = /(?:^|[.!?] )(?=[^.!?]{0,100}\b(?:could not|cannot|failed to|is not|unable to)\b)/.exec(said);
  return at === null || /\b(?:error|reason|cause)\b/i.test(said.slice(0, MAX_WORDS))
    ? said
    : said.slice(at.index).replace(/^[.!?] /, '');
}

/** The name of an error says less than the title that begins with it; the pages of debuggers sign theirs. */
const saysMore = (title: string, heading: string) =>
  /^\w+(Error|Exception)$/.test(heading) && title.startsWith(`${heading}:`);

/** A heading that refuses, above the line that says why. */
const SAYS_NO =
  /^(?=.)(error )?(\d{3}\W*)?((access|request|connection) (is |was )?(denied|forbidden|restricted|blocked|refused|rejected)|blocked|forbidden|error|not allowed)?\W*$/i;

/** Error pages of Java (Tomcat, Jetty) are tables, whose line "Message" says why. */
const labelled = (rest: string) =>
  /\b(?:Message|MESSAGE):? +(\S.{2,300}?)(?= +(?:Description|Servlet|SERVLET|Exception|(?:Caused by|CAUSED BY)|Note|Error code explanation)\b|$)/.exec(
    rest,
  )?.[1] ?? '';

/** In the order in which they say most: RFC 9457, OAuth 2.0 (RFC 6749 5.2) and what frameworks call them, in whatever spelling. */
const keys = [
  'message',
  'errordescription',
  'detail',
  'error',
  'title',
  'reason',
  'msg',
  'msg1',
  'errmsg',
  'emsg',
  'errormsg',
  'errormessage',
  'retmsg',
  'resultmsg',
  'statusmessage',
  'statusmsg',
  'statustext',
  'errortype',
  'errorcode',
  'err',
  'exception',
  'errors',
  'failurereason',
  'fault',
  'faultstring',
  'fails',
  'failures',
  'description',
  'details',
  'desc',
  'definition',
  'info',
  // What holds the rest, in the envelopes of messages.
  'payload',
  'plugindata',
  'data',
  'value',
  'd',
  'body',
  'result',
  'header',
  'meta',
  'response',
  'resp',
  'baseresp',
  'content',
  'args',
  'code',
];

/** Null where the text is no JSON object or list. */
function jsonWords(text: string): readonly string[] | null {
  const trimmed = text.trim();
  if (/^"[^"\\]{2,300}"$/.test(trimmed)) return [trimmed.slice(1, -1)];
  if (!/^[{[]/.test(trimmed)) return null;
  try {
    const value: unknown = JSON.parse(trimmed);
    const words = valuesIn(value, 0);
    // Keys in another language, or an envelope of its own: whatever reads as a sentence.
    return words.some((one) => !/^((code|error) -?\d+|(error|fail(ed|ure)?)?)$/i.test(one))
      ? words
      : [...sentencesIn(value, 0), ...words];
  } catch {
    return null;
  }
}

/** Texts of more than one word, under whatever key, those that stand least deep first. */
function sentencesIn(value: unknown, depth: number, name = ''): string[] {
  if (typeof value !== 'object' || value === null || depth > 2) return [];
  const keyOf = (key: string) => (Array.isArray(value) ? name : key);
  const held = Object.entries(value).slice(0, 20);
  const said = held.flatMap(([key, text]) =>
    typeof text === 'string' && /\p{L}{2}\s+\S*\p{L}{2}/u.test(text) ? [ofField(keyOf(key), text)] : [],
  );
  return [...said, ...held.flatMap(([key, inner]) => sentencesIn(inner, depth + 1, keyOf(key)))];
}

/** Of what is wrong with a field, its name is half: {"room": ["This field is required."]}. */
function ofField(name: string, text: string): string {
  const isAboutIt = /^((this|the) (field|value|parameter)|is|must|should|can(not|'t)|may not|has to|needs)\b/i.test(
    text,
  );
  return isAboutIt && PLACE.test(name) ? `${name}: ${text}` : text;
}

const PLACE = /^[A-Za-z_][\w.[\]-]{0,39}$/;
const PLACES = ['loc', 'field', 'fieldname', 'param', 'parameter', 'property', 'attribute', 'path'];

/** Where an error says that it is: {"loc": ["query", "room"], "msg": "Field required"}. */
function fieldIn(byKey: ReadonlyMap<string, unknown>): string | null {
  for (const name of PLACES) {
    const value = byKey.get(name);
    const place = Array.isArray(value) && value.length <= 4 ? value.join('.') : value;
    if (typeof place === 'string' && PLACE.test(place)) return place;
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A number says something under a name that is one of errors, and counts or measures under any other. */
const ofCodes = /code|err|status|reason/i;

function valuesIn(value: unknown, depth: number, key = 'code'): string[] {
  // Keywords of Transit are no words.
  if (typeof value === 'string') {
    // Pusher sends the data of an event as JSON in a string.
    const held = /^\s*\{/.test(value) ? valuesIn(parsed(value), depth + 1, key) : [];
    if (held.length > 0) return held;
    return /^[~^]/.test(value) ? [] : [value];
  }
  if (typeof value === 'number') return ofCodes.test(key) ? [`${key === 'error' ? key : 'code'} ${value}`] : [];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  if (Array.isArray(value)) return value.slice(0, 3).flatMap((item) => valuesIn(item, depth + 1, key));
  const byKey = new Map(
    Object.entries(value).map(([key, inner]) => [key.toLowerCase().replace(/[ _-]/g, ''), inner as unknown]),
  );
  const listed = /^(errors|details?|fields)$/.test(key) ? byField(byKey) : [];
  // A field may have the name of an envelope.
  if (listed.length > 0 && [...byKey.values()].every(Array.isArray)) return listed;
  const [first, ...more] = keys.flatMap((name) => (byKey.has(name) ? valuesIn(byKey.get(name), depth + 1, name) : []));
  if (first === undefined) return listed;
  const place = fieldIn(byKey);
  return [place === null || first.includes(place) ? first : `${place}: ${first}`, ...more];
}

/** Of validators that list by the name of the field: {"token":["is required"]}. */
function byField(held: ReadonlyMap<string, unknown>): string[] {
  return [...held].slice(0, 3).flatMap(([name, value]) => {
    const said: unknown = Array.isArray(value) ? value[0] : value;
    return typeof said === 'string' && /\p{L}{2}/u.test(said) ? [`${name}: ${said}`] : [];
  });
}

/** What pages say to people, about nothing. */
const PLEASANTRIES =
  /^(that s all (i|we) know|authori[sz]ation required|gateway time ?out|service temporarily unavailable|whatever you were looking for .*|(oops|whoops|sorry|uh oh)( fe)?|we ll be (right )?back( soon)?|(we re )?(sorry )?(but )?something (went|has gone) wrong|charles error report|web app unavailable|(error )?the requested url could not be retrieved( .*)?|you don t have permission to access (the url on )?this server( .*)?|please try again( later)?|an? (unexpected |unknown |internal )?error (has )?occurred|(the )?server error|the server encountered an internal error (or misconfiguration )?and was unable to complete your request.*|(the request could not be understood by the server|your browser sent an? (invalid request|request that this server could not understand)|the server (cannot|can not) (or will not )?process the request)( .*)?|the requested (resource|url) (could not be|was not) found( on this server)?( but may be available in the future)?|the server refused to authorize the request|the request requires user authentication|bad request syntax.*|this is privoxy .*|guru meditation.*)$/;

/** What the status is called, where the status line leaves it out. */
const usual: Readonly<Record<number, string | undefined>> = STATUS_CODES;

/** The status line again, a bare "error", or the name of the software. */
function saysNothing(words: string, { status, reason, headers }: ResponseInfo): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  const said = bare(words)
    .replace(new RegExp(`^((http|error|status|code) )*${status}( |$)|( |^)${status}$`), '')
    .replace(/( |^)powered by [\p{L}\p{N}]+( \d+)*$/u, '')
    .trim();
  if (said === '' || said === bare(usual[status] ?? '') || PLEASANTRIES.test(said)) return true;
  // Pages that are signed with the name of who wrote them.
  if (headers.some(([name, value]) => /^server$/i.test(name) && bare(value) === said)) return true;
  if (said === bare(reason) || said === `error ${bare(reason)}`) return true;
  return /^((code )?\d{0,3}|(an )?error|error response|errore?|page not found|microsoft azure application gateway( v2)?|(nginx|openresty|tengine|cloudflare|awselb)[ \d]*( ubuntu| debian)?)$/.test(
    said,
  );
}
