import { headerValue } from '../../handshake/headers.js';
import { quoteText } from '../../base/plainText.js';
import type { Answer } from '../../transport/ask.js';

/** What a token endpoint gave (RFC 6749 5.1). */
export interface Token {
  readonly value: string;
  /** By its own words, and by those of a JWT; null: nothing tells. Zero or less: it came expired. */
  readonly livesMs: number | null;
}

/** Why there is no token: the id of the finding, and the words for it. */
export interface NoToken {
  readonly id:
    | 'credentials.redirected'
    | 'credentials.refused'
    | 'credentials.invalid-answer'
    | 'credentials.expired'
    | 'credentials.timeout'
    | 'credentials.unreachable'
    | 'credentials.insecure';
  readonly words: string;
  /** RFC 6749 5.2. */
  readonly error?: string;
}

/** RFC 6750 2.1: b64token, as a header can carry it. */
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/;
const MAX_TOKEN = 16_384;
/** RFC 6749 5.2, and those of other specifications. */
const ERROR_CODE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,80}$/;

/** Reads an endpoint's answer: hostile text, of which only the token and short words are kept. */
export function readToken(answer: Answer): Token | NoToken {
  const { status, reason } = answer.head;
  const said = `${status} ${reason}`.trim();
  if (status >= 300 && status < 400) {
    const location = headerValue(answer.head.headers, 'location') ?? '';
    return {
      id: 'credentials.redirected',
      words: `${said}, to ${quoteText(withoutQuery(location), 200) || 'nowhere'}`,
    };
  }
  const fields = answer.body.truncated ? null : objectOf(answer.body.text);
  if (status < 200 || status > 299) return refusal(said, fields);
  if (!fields) return { id: 'credentials.invalid-answer', words: `${said}, ${notJson(answer)}` };
  // Some answer errors with 200.
  if (typeof fields['error'] === 'string' && fields['access_token'] === undefined) return refusal(said, fields);
  return tokenOf(fields, said);
}

function refusal(said: string, fields: Fields | null): NoToken {
  const { error, error_description: description } = fields ?? {};
  if (typeof error !== 'string' || !ERROR_CODE.test(error)) return { id: 'credentials.refused', words: said };
  const more = typeof description === 'string' ? ` (${quoteText(description, 200)})` : '';
  return { id: 'credentials.refused', words: `${said}, ${error}${more}`, error };
}

function tokenOf(fields: Fields, said: string): Token | NoToken {
  const invalid = (what: string): NoToken => ({ id: 'credentials.invalid-answer', words: `${said}, ${what}` });
  const { access_token: value, token_type: type } = fields;
  if (typeof value !== 'string' || value === '') return invalid('no access_token in it');
  if (value.length > MAX_TOKEN || !BEARER.test(value)) return invalid('an access_token that no header can carry');
  if (type !== undefined && !(typeof type === 'string' && /^bearer$/i.test(type))) {
    return invalid(`a token of the type ${quoteText(JSON.stringify(type), 40)}, not Bearer`);
  }
  const lives = [secondsOf(fields['expires_in']), jwtLife(value)].filter((seconds) => seconds !== null);
  const seconds = lives.length === 0 ? null : Math.min(...lives);
  if (seconds !== null && seconds <= 0) {
    return { id: 'credentials.expired', words: `${said}, a token that lives ${seconds} s` };
  }
  return { value, livesMs: seconds === null ? null : seconds * 1000 };
}

/** Some write the number as a text. What is neither tells nothing. */
function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^-?\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : null;
}

/** From `iat` to `exp`: no clock of ours has a part in it. */
function jwtLife(token: string): number | null {
  const claims = objectOf(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const [from, to] = [secondsOf(claims?.['iat']), secondsOf(claims?.['exp'])];
  return from === null || to === null ? null : to - from;
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function notJson({ head, body }: Answer): string {
  if (body.truncated) return 'more than 64 KiB, or cut off';
  const type = quoteText((headerValue(head.headers, 'content-type') ?? '').split(';')[0] ?? '', 60);
  const html = /html/i.test(type) || /^\s*<(!doctype|html)/i.test(body.text);
  if (html) return 'an HTML page instead of JSON';
  return body.text.trim() === '' ? 'nothing in it' : `no JSON object (${type || 'no Content-Type'})`;
}

/** What a query or user info holds is nobody's to see. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^((?:[a-z][\w+.-]*:)?\/\/)[^/]*@/i, '$1');
}
