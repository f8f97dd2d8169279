/** Logins are short: what is longer is not read for one. */
export const MAX_LOGIN_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;
/** What is shorter stands in too many messages by chance. */
const MIN_PASSWORD = 6;
const MIN_TOKEN = 8;

/** Names of fields, without case and separators, whose value is a credential whatever it looks like. */
const PASSWORD = /^(pass|passwd|pwd|passphrase|passcode|authorization|authentication)$|(password|passcode)$/;
/** Names that other things have as well: a value counts where it is no word. */
const TOKEN = /^(auth|jwt|bearer|credentials?|nkey|sig|signature|ticket)$|(token|secret|apikey|privatekey)$/;
const WORDS = /^[a-z]+([-_.][a-z]+)*$|\s/;
const JWT = /\beyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]{16,}/g;
const SCHEME = /^(?:bearer|basic|token|apikey) +(\S{8,})$/i;

/**
 * What a message says of credentials by the words of its own protocol: the password of an MQTT or STOMP CONNECT, of IRC and of
 * SASL, an answer to WAMP's challenge, fields of JSON by their names, and JSON Web Tokens wherever they stand.
 */
export function saidCredentials(bytes: Uint8Array): readonly string[] {
  if (bytes.length < MIN_PASSWORD || bytes.length > MAX_LOGIN_BYTES) return [];
  if (bytes[0] === 0x10) return mqttPassword(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  const found: string[] = [];
  readText(text, found, 0);
  return [...new Set(found)];
}

function readText(text: string, found: string[], depth: number): void {
  for (const [token] of text.matchAll(JWT)) found.push(token);
  const stomp = /^(?:CONNECT|STOMP)\r?\n[^\0]*?^passcode:([^\r\n]*)/m.exec(text)?.[1];
  if (stomp !== undefined) addPassword(unescaped(stomp), found);
  const irc = /^PASS +:?(\S+)/m.exec(text)?.[1];
  if (irc !== undefined) addPassword(irc, found);
  const [, mechanism = '', sasl] = /<auth\b[^>]*?mechanism=["']([\w-]+)["'][^>]*>([^<]*)</.exec(text) ?? [];
  if (sasl !== undefined && !/^SCRAM/i.test(mechanism)) readSasl(sasl.trim(), found);
  // The records of SignalR; the type of a packet of Socket.IO, and the verb of NATS, stand before their JSON.
  for (const record of text.split('\x1e', 8)) {
    const json = /^\s*(?:CONNECT +|\d{1,9}(?:\/[^,[{]{0,200},)?\d{0,9})?([[{].*)$/s.exec(record)?.[1];
    if (json !== undefined) readJson(json, found, depth);
  }
}

function readJson(json: string, found: string[], depth: number): void {
  try {
    const value: unknown = JSON.parse(json);
    // [AUTHENTICATE, Signature, Extra]
    if (Array.isArray(value) && value[0] === 5 && typeof value[1] === 'string' && value.length === 3)
      addPassword(value[1], found);
    readValue(value, '', found, { left: MAX_VALUES, depth });
  } catch {
    // No JSON.
  }
}

function readValue(value: unknown, name: string, found: string[], walk: { left: number; depth: number }): void {
  if (walk.depth > MAX_DEPTH || --walk.left < 0) return;
  if (typeof value === 'string') readString(value, name, found, walk.depth);
  if (typeof value !== 'object' || value === null) return;
  walk.depth += 1;
  const isList = Array.isArray(value);
  for (const [key, each] of Object.entries(value)) readValue(each, isList ? name : key, found, walk);
  walk.depth -= 1;
}

function readString(value: string, name: string, found: string[], depth: number): void {
  const plain = name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  const credential = SCHEME.exec(value)?.[1];
  if (credential !== undefined) found.push(value, credential);
  else if (PASSWORD.test(plain)) addPassword(value, found);
  else if (TOKEN.test(plain)) addToken(value, found);
  // Frames within frames: SockJS, an identifier of Action Cable.
  else if (/^(?:CONNECT|STOMP)\n|^\s*[[{]/.test(value)) readText(value, found, depth + 1);
}

function addPassword(value: string, found: string[]): void {
  if (value.length >= MIN_PASSWORD) found.push(value);
}

function addToken(value: string, found: string[]): void {
  if (value.length >= MIN_TOKEN && !WORDS.test(value)) found.push(value);
}

/** PLAIN (RFC 4616): an identity, a name and a password, NUL between them. Other mechanisms send a token. */
function readSasl(base64: string, found: string[]): void {
  const plain = Buffer.from(base64, 'base64').toString();
  const password = /^[^\0]*\0[^\0]*\0([^\0]+)$/.exec(plain)?.[1];
  if (password === undefined) addToken(base64, found);
  else addPassword(password, found);
}

/** STOMP 1.2: Value Encoding. */
function unescaped(value: string): string {
  const characters: Readonly<Record<string, string>> = { n: '\n', r: '\r', c: ':', '\\': '\\' };
  return value.replace(/\\([nrc\\])/g, (_, letter: string) => characters[letter] ?? '');
}

/** The last field of a CONNECT (MQTT 3.1.1 3.1, 5.0 3.1), where its flags say that there is one. */
function mqttPassword(bytes: Uint8Array): readonly string[] {
  let at = 1;
  const varint = () => {
    for (let shift = 0, value = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return bytes.length;
  };
  const field = () => {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const start = at + 2;
    at = start + length;
    return bytes.subarray(start, at);
  };
  varint();
  const protocol = Buffer.from(field()).toString('latin1');
  const version = bytes[at] ?? 0;
  const flags = bytes[at + 1] ?? 0;
  at += 4;
  if (!/^MQ(TT|Isdp)$/.test(protocol) || (flags & 0x40) === 0) return [];
  const skipProperties = () => {
    if (version !== 5) return;
    const length = varint();
    at += length;
  };
  skipProperties();
  field();
  if ((flags & 0x04) !== 0) {
    skipProperties();
    field();
    field();
  }
  if ((flags & 0x80) !== 0) field();
  const password = Buffer.from(field()).toString();
  return at <= bytes.length && password.length >= MIN_PASSWORD ? [password] : [];
}
