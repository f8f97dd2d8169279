import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { ProbeError } from '../../base/errors.js';
import { guardedLookup } from '../../transport/guardedLookup.js';
import { refuseGuarded } from './guard.js';
import { targetAddress } from './address.js';
import { type Fields, fieldsOf, textOf } from './wire.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TARGETS = 1_000;
const TIMEOUT_MS = 10_000;
const MAX_TEXT = 2_048;

/** One page, worker or process that can be attached to. */
export interface Target {
  readonly id: string;
  /** `page`, `node`, `service_worker`, … */
  readonly type: string;
  readonly title: string;
  readonly url: string;
  /** Whoever knows it may debug the target: it is not shown. */
  readonly address: URL;
}

/** Who listens there, and the address of the browser as a whole; null where there is none, as of Node. */
export interface Endpoint {
  readonly product: string;
  readonly browser: URL | null;
}

/** Rejects with a ProbeError where no DevTools answer. */
export async function readEndpoint(endpoint: URL, signal?: AbortSignal): Promise<Endpoint> {
  const version = fieldsOf(await readJson(endpoint, '/json/version', signal));
  if (!version) throw noDevtools(endpoint, 'what it says of itself is no JSON object');
  const listed = textOf(version['webSocketDebuggerUrl'], MAX_TEXT);
  return {
    product: textOf(version['Browser'], 200) ?? 'DevTools',
    browser: listed === null ? null : targetAddress(endpoint, listed),
  };
}

/** The targets of an endpoint, bounded; entries of a wrong shape are left out. */
export async function listTargets(endpoint: URL, signal?: AbortSignal): Promise<readonly Target[]> {
  const list = await readJson(endpoint, '/json/list', signal);
  if (!Array.isArray(list)) throw noDevtools(endpoint, 'its list of targets is none');
  return list.slice(0, MAX_TARGETS).flatMap((entry: unknown) => targetOf(fieldsOf(entry), endpoint) ?? []);
}

function targetOf(entry: Fields | null, endpoint: URL): Target | null {
  const id = textOf(entry?.['id'], MAX_TEXT);
  const listed = textOf(entry?.['webSocketDebuggerUrl'], MAX_TEXT);
  const address = listed === null ? null : targetAddress(endpoint, listed);
  if (!entry || id === null || address === null) return null;
  const text = (name: string) => textOf(entry[name], MAX_TEXT) ?? '';
  return { id, type: text('type'), title: text('title'), url: text('url'), address };
}

async function readJson(endpoint: URL, path: string, signal: AbortSignal | undefined): Promise<unknown> {
  const text = await readText(new URL(path, endpoint), endpoint, signal);
  try {
    return JSON.parse(text);
  } catch {
    throw noDevtools(endpoint, 'what it answers is no JSON');
  }
}

function readText(url: URL, endpoint: URL, signal: AbortSignal | undefined): Promise<string> {
  refuseGuarded(url);
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const until = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const fail = (why: string) => reject(noDevtools(endpoint, why));
    const request = get(url, { signal: until, lookup: guardedLookup, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_BYTES) chunks.push(chunk);
        else request.destroy(new Error(`it answers with more than ${MAX_BYTES} bytes`));
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString());
        else fail(`it answers ${path(url)} with ${response.statusCode}`);
      });
      response.on('error', (error) => fail(error.message));
    });
    request.on('error', (error) => fail(timeout.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message));
  });
}

function path({ pathname }: URL): string {
  return pathname;
}

function noDevtools({ host }: URL, why: string): ProbeError {
  return new ProbeError('attach.no-devtools', `No DevTools at ${host}: ${why}.`, {
    hint: 'Start the browser with --remote-debugging-port=9222 (and a --user-data-dir of its own), or Node with --inspect.',
  });
}
