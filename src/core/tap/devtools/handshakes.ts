import type { HeaderPair } from '../../base/model.js';
import { setBounded } from '../../base/setBounded.js';
import { headerValue, headerValues } from '../../handshake/headers.js';
import type { Redactor } from '../../redaction/redactor.js';
import type { ObservedSource } from '../../session/observedSource.js';
import { learnHandshake } from '../learnHandshake.js';
import { type Fields, fieldsOf, numberOf, textOf } from './wire.js';

const MAX_KEPT = 1_000;
const MAX_HEADERS = 200;
const MAX_VALUE = 8_192;

export interface Head {
  /** In the order and spelling of the wire where `isRaw`. */
  readonly headers: readonly HeaderPair[];
  readonly isRaw: boolean;
}

/** An opening handshake as another program made it, with all that must not be shown. */
export interface SeenHandshake {
  readonly url: string;
  readonly request: Head | null;
  readonly response: (Head & { readonly status: number; readonly reason: string }) | null;
  readonly subprotocol: string | null;
  /** The page, worker or process: its kind and address. */
  readonly from: { readonly type: string; readonly url: string };
  /** Where in its code it was opened; null where nobody tells. */
  readonly initiator: string | null;
}

/** The handshakes of the connections that were seen, the latest, by number. Their credentials are secret from then on. */
export class Handshakes {
  readonly #source: Pick<ObservedSource, 'learn' | 'secrets'>;
  readonly #byConnection = new Map<number, SeenHandshake>();
  readonly #refusals = new Map<number, string>();

  constructor(source: Pick<ObservedSource, 'learn' | 'secrets'>) {
    this.#source = source;
  }

  /** Why a connection did not open, in the words of DevTools; null where they have none. */
  refusal(connection: number): string | null {
    return this.#refusals.get(connection) ?? null;
  }

  refused(connection: number, why: string): void {
    setBounded(this.#refusals, connection, why, MAX_KEPT);
  }

  get(connection: number): SeenHandshake | null {
    return this.#byConnection.get(connection) ?? null;
  }

  keep(connection: number, handshake: SeenHandshake): void {
    setBounded(this.#byConnection, connection, handshake, MAX_KEPT);
    this.learn(handshake.url, handshake.request?.headers ?? [], handshake.response?.headers ?? []);
  }

  /** What a handshake holds of credentials is blotted out of messages as well. */
  learn(url: string, ...heads: readonly (readonly HeaderPair[])[]): void {
    learnHandshake(this.#source, url, ...heads);
  }
}

/** A handshake as it may be shown. */
export function shownHandshake(seen: SeenHandshake, redactor: Redactor): SeenHandshake {
  const { url, request, response, subprotocol, from } = seen;
  return {
    ...seen,
    url: redactor.url(url),
    request: request && { ...request, headers: redactor.headers(request.headers) },
    response: response && { ...response, headers: redactor.headers(response.headers) },
    subprotocol: subprotocol === null ? null : redactor.text(subprotocol),
    from: { ...from, url: bareUrl(from.url) },
  };
}

/** Headers as DevTools tell them: raw where there is a text, else from an object, whose order says nothing. */
export function headOf(headers: unknown, text: unknown): Head | null {
  const raw = textOf(text, 256 * 1024);
  const lines = raw?.split(/\r?\n/).slice(1) ?? [];
  const pairs = lines.flatMap((line): HeaderPair[] => {
    const at = line.indexOf(':');
    return at > 0
      ? [
          [
            line.slice(0, at),
            line
              .slice(at + 1)
              .trim()
              .slice(0, MAX_VALUE),
          ],
        ]
      : [];
  });
  if (pairs.length > 0) return { headers: pairs.slice(0, MAX_HEADERS), isRaw: true };
  const fields = fieldsOf(headers);
  if (!fields) return null;
  const told = Object.entries(fields).flatMap(([name, value]): HeaderPair[] => {
    const values = textOf(value, MAX_HEADERS * MAX_VALUE)?.split('\n') ?? [];
    return values.map((each) => [name.slice(0, 200), each.slice(0, MAX_VALUE)]);
  });
  return { headers: told.slice(0, MAX_HEADERS), isRaw: false };
}

/** As `headerValue`, of a head that may not be known. */
export function headerOf(head: Head | null, name: string): string | null {
  return head && headerValue(head.headers, name);
}

/** The cookies of a request, name and value. */
export function cookiesOf(head: Head | null): readonly HeaderPair[] {
  const pairs = headerValues(head?.headers ?? [], 'cookie').flatMap((value) => value.split(';'));
  return pairs.flatMap((pair): HeaderPair[] => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]] : [];
  });
}

/** An address without what may hold credentials. */
export function bareUrl(url: string): string {
  return url
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
    .slice(0, 500);
}

/** `connect (https://host/app.js:12)`, the innermost frame; null where nobody tells. */
export function initiatorOf(initiator: unknown): string | null {
  const stack = fieldsOf(fieldsOf(initiator)?.['stack']);
  const frames = Array.isArray(stack?.['callFrames']) ? stack['callFrames'] : [];
  // What was evaluated, as our own hook is, has no address.
  const frame: Fields | null = frames.map((each: unknown) => fieldsOf(each)).find((each) => each?.['url']) ?? null;
  const url = bareUrl(textOf(frame?.['url'], 2_048) ?? '');
  if (!frame || url === '') return null;
  const name = textOf(frame['functionName'], 100);
  const place = `${url}:${(numberOf(frame['lineNumber']) ?? 0) + 1}`;
  return name ? `${name} (${place})` : place;
}
