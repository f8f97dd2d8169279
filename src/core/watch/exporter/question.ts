import type { IncomingHttpHeaders } from 'node:http';
import { checkUrl, parseUrl } from '../../base/url.js';
import { plainText } from '../../base/plainText.js';

/** What a scrape asks for: an address, by its canonical spelling, a profile by name, or both. */
export interface Question {
  readonly target: string | null;
  readonly profile: string | null;
}

const MAX_TARGET = 2_000;
const MAX_NAME = 200;
const KNOWN = ['target', 'profile'];

/** The question of a query; else a sentence that says what is wrong with it. */
export function questionOf(query: URLSearchParams): Question | string {
  const names = [...query.keys()];
  const unknown = names.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return `There is no parameter ${quoted(unknown)}: /probe takes target and profile.`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `The parameter ${twice} stands there twice.`;
  const profile = query.get('profile');
  const target = query.get('target');
  if (profile === '' || target === '') return `The parameter ${profile === '' ? 'profile' : 'target'} is empty.`;
  if (profile === null && target === null) return 'Say what to probe: /probe?target=wss://… or /probe?profile=name.';
  if (profile !== null && profile.length > MAX_NAME) return 'The name of the profile is too long.';
  if (target === null) return { target, profile };
  return targetOf(target, profile);
}

function targetOf(text: string, profile: string | null): Question | string {
  if (text.length > MAX_TARGET) return `The target is longer than ${MAX_TARGET} characters.`;
  // It becomes a profile's `url`, and variables of ours are not for who asks.
  if (text.includes('${')) return 'The target holds ${…}: variables are filled in profiles alone.';
  const wrong = checkUrl(text);
  if (wrong !== null) return `The target: ${wrong}`;
  const url = parseUrl(text);
  return url ? { target: url.href, profile } : 'The target is no address.';
}

const USUAL_MS = 30_000;
const MOST_MS = 120_000;
/** For the answer to reach Prometheus before it gives up. */
const HEAD_START_MS = 500;

/** How long a probe may take for who asks, by the header that Prometheus sends; null where that is no time. */
export function patienceOf(headers: IncomingHttpHeaders): number | null {
  const header = headers['x-prometheus-scrape-timeout-seconds'];
  if (header === undefined) return USUAL_MS;
  const text = String(header);
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text) || Number(text) <= 0) return null;
  const ms = Math.min(Number(text) * 1000, MOST_MS);
  return Math.round(Math.max(ms - HEAD_START_MS, ms / 2));
}

function quoted(text: string): string {
  return JSON.stringify(plainText(text, 50));
}
