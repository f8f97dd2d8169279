import type { Fix, ResponseInfo } from '../base/model.js';
import { isHtml } from './facts.js';
import { profileFix, tokenFix } from './snippets/profile.js';
import { textFix } from './snippets/shell.js';

const COOKIE = /\bcookie\b[\s:(]{1,3}["'`]([\w.-]{3,60})["'`]|["'`]([\w.-]{3,60})["'`] cookie\b/i;
const PARAMETER =
  /\b(?:query|url)(?: string)? (?:parameter|param|argument)\b[\s:(]{1,3}["'`]([\w-]{2,40})["'`]|["'`]([\w-]{2,40})["'`] (?:(?:query|url)(?: string)? )?(?:query|parameter|param)\b|\b(token|access_token|api_?key|key|auth|ticket|jwt) (?:query|url)(?: string)? (?:parameter|param)\b|\bqueryparam\.([\w-]{2,40})/i;

const sessionCookie = textFix(
  'What to do',
  'Send the session cookie of a browser that is signed in: "cookies" in the profile, --cookie name=value in the terminal.',
);

/** What puts credentials where the words say that they belong; null where they name no place. */
export function namedPlace(words: string): Fix | null {
  const said = words.slice(0, 1_000).replaceAll('\\', '');
  const name = (pattern: RegExp) => pattern.exec(said)?.slice(1).find(Boolean);
  const cookie = name(COOKIE);
  if (cookie !== undefined)
    return profileFix('Send the cookie that it names (profile)', { cookies: { [cookie]: '${secret:session}' } });
  const parameter = name(PARAMETER);
  if (parameter !== undefined)
    return profileFix('Send the parameter that it names (profile)', {
      auth: { type: 'apiKey', name: parameter, value: '${secret:token}', in: 'query' },
    });
  // The API server of Kubernetes calls a client without a token so.
  return /\bauthori[sz]ation\W{0,2} header\b|\bbearer token\b|"system:anonymous"/i.test(said) ? tokenFix : null;
}

/** Where nobody says where credentials belong, a guess would cure by luck. */
export const anyPlace: Fix = textFix(
  'What to do',
  'Send the credentials where this server looks for them, which its documentation says: its first message, a parameter of the query, a cookie, the Authorization header or a subprotocol.',
);

/** Before the upgrade no message carries them. */
export const anyPlaceOfRequest: Fix = textFix(
  'What to do',
  'Send the credentials where this server looks for them, which its documentation says: the Authorization header, a cookie, a parameter of the query or a subprotocol.',
);

/** The place that the words name, or as much as they tell of it. */
export const placeIn = (words: string, otherwise = anyPlace): Fix =>
  namedPlace(words) ??
  (/\b(session|auth|login|authentication) cookies?\b/i.test(words.slice(0, 1_000)) ? sessionCookie : otherwise);

/** A field for a password, or a title that says what it is for. */
const LOGIN_PAGE = /<input[^>]{0,200}type=["']?password|<title>[^<]{0,80}\b(?:log ?in|sign ?in|logon)\b/i;

export const isLoginPage = (response: ResponseInfo) => isHtml(response) && LOGIN_PAGE.test(response.body.text);

/** The cookie of a browser that is signed in, where the page sets or takes back one that is named after a session. */
export function loginPageFix({ headers }: ResponseInfo, known?: string): Fix {
  const names = headers.flatMap(([name, value]) =>
    name.toLowerCase() === 'set-cookie'
      ? [(/^([\w.-]{2,60})=/.exec(value)?.[1] ?? '').replace(/^(_oauth2_proxy)_csrf.*/, '$1')]
      : [],
  );
  const cookie =
    known ?? names.find((name) => /sess|sid$|auth|sso|token|login/i.test(name) && !/csrf|xsrf|nonce|state/i.test(name));
  return cookie === undefined
    ? sessionCookie
    : profileFix('Send the session cookie of a browser that is signed in (profile)', {
        cookies: { [cookie]: '${secret:session}' },
      });
}
