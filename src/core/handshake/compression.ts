import type { CompressionInfo, CompressionParameters } from '../base/model.js';
import { parseExtensions, type Extension } from './extensions.js';
import type { HandshakeProblem } from '../base/evidence.js';
import type { RequestHead, ResponseHead } from './handshake.js';
import { headerValue } from './headers.js';
import { quote } from './headLine.js';

const HEADER = 'sec-websocket-extensions';
const DEFLATE = 'permessage-deflate';
const MAX_WINDOW_BITS = 15;

interface Fault extends Pick<HandshakeProblem, 'id' | 'message'> {
  readonly severity?: HandshakeProblem['severity'];
}

/** Checks the accepted extensions against the offer (RFC 6455 9.1) and permessage-deflate by RFC 7692 7.1. */
export function inspectCompression(
  request: RequestHead,
  response: ResponseHead,
): { compression: CompressionInfo; problems: HandshakeProblem[] } {
  const offered = headerValue(request.headers, HEADER);
  const accepted = headerValue(response.headers, HEADER);
  const faults = accepted === null ? [] : faultsOf(offered, accepted);
  const problems = faults.map(
    (fault): HandshakeProblem => ({ severity: 'error', ...fault, expected: offered, received: accepted }),
  );
  const clean = problems.every((problem) => problem.severity !== 'error');
  const deflate = clean ? deflateOf(accepted) : null;
  const parameters = deflate && negotiated(deflate, deflateOf(offered));
  return { compression: { offered, accepted, enabled: deflate !== null, parameters }, problems };
}

function deflateOf(header: string | null): Extension | null {
  const extensions = header === null ? [] : parseExtensions(header);
  return 'errorAt' in extensions ? null : (extensions.find(({ name }) => name === DEFLATE) ?? null);
}

/** What holds for the messages (RFC 7692 7.1): the server's word, and our own promise where it says nothing (7.1.2.2). */
function negotiated(accepted: Extension, offer: Extension | null): CompressionParameters {
  const bits = (extension: Extension | null, name: string) =>
    Number((extension && valueOf(extension, name)) ?? MAX_WINDOW_BITS);
  return {
    serverContextTakeover: !has(accepted, 'server_no_context_takeover'),
    clientContextTakeover: !has(accepted, 'client_no_context_takeover'),
    serverMaxWindowBits: bits(accepted, 'server_max_window_bits'),
    clientMaxWindowBits: Math.min(bits(accepted, 'client_max_window_bits'), bits(offer, 'client_max_window_bits')),
  };
}

function faultsOf(offered: string | null, accepted: string): Fault[] {
  if (offered === null) {
    return [unrequested(`The server accepted the extension ${quote(accepted)}, and none was offered.`)];
  }
  const extensions = parseExtensions(accepted);
  if ('errorAt' in extensions) {
    const where = extensions.errorAt === accepted.length ? 'at its end' : `at character ${extensions.errorAt + 1}`;
    return [invalid(`Sec-WebSocket-Extensions cannot be read ${where}: ${quote(accepted)}.`)];
  }
  const parsedOffer = parseExtensions(offered);
  const offers = 'errorAt' in parsedOffer ? [] : parsedOffer;
  const unknown = extensions.filter(({ name }) => !offers.some((offer) => offer.name === name));
  if (unknown.length > 0) {
    const names = quote(unknown.map(({ name }) => name).join(', '));
    return [unrequested(`The server accepted the extension ${names}, which was not offered.`)];
  }
  const deflate = extensions.filter(({ name }) => name === DEFLATE);
  if (deflate.length === 0) return [];
  if (deflate.length > 1) return [invalid(`The server accepted ${DEFLATE} ${deflate.length} times.`)];
  return deflateFaults(
    offers.filter(({ name }) => name === DEFLATE),
    deflate[0]!,
  );
}

/** The first fault only: a server may send thousands. */
function deflateFaults(offers: readonly Extension[], accepted: Extension): Fault[] {
  const seen = new Set<string>();
  for (const [name, value] of accepted.parameters) {
    const message = seen.has(name) ? `${DEFLATE} has ${quote(name)} twice.` : parameterFault(offers, name, value);
    if (message !== null) return [invalid(message)];
    seen.add(name);
  }
  return unconfirmed(offers, seen);
}

function parameterFault(offers: readonly Extension[], name: string, value: string | null): string | null {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === null ? null : `${name} takes no value, and ${quote(value)} was given.`;
    case 'client_max_window_bits':
      if (!offers.some((offer) => has(offer, name))) return `The server set ${name}, which was not offered.`;
      return windowBitsFault(offers, name, value);
    case 'server_max_window_bits':
      return windowBitsFault(offers, name, value);
    default:
      return `${DEFLATE} has no parameter ${quote(name)}.`;
  }
}

function windowBitsFault(offers: readonly Extension[], name: string, value: string | null): string | null {
  if (value === null) return `${name} is answered without a value from 8 to 15.`;
  if (!/^(?:[89]|1[0-5])$/.test(value)) return `${name}=${quote(value)} is not a number from 8 to 15.`;
  const asked = Math.max(...offers.map((offer) => Number(valueOf(offer, name) ?? MAX_WINDOW_BITS)));
  return Number(value) > asked ? `The server set ${name}=${value}, more than the ${asked} asked for.` : null;
}

/** A server that agrees must repeat these (RFC 7692 7.1.1.1, 7.1.2.1); most clients let it pass. */
function unconfirmed(offers: readonly Extension[], seen: ReadonlySet<string>): Fault[] {
  return ['server_no_context_takeover', 'server_max_window_bits']
    .filter((name) => !seen.has(name) && offers.every((offer) => has(offer, name)))
    .map((name) => ({
      ...invalid(`The server accepted ${DEFLATE} without confirming ${name}, which was asked for.`),
      severity: 'warning',
    }));
}

function has(extension: Extension, name: string): boolean {
  return extension.parameters.some(([key]) => key === name);
}

function valueOf(extension: Extension, name: string): string | null {
  return extension.parameters.find(([key]) => key === name)?.[1] ?? null;
}

function unrequested(message: string): Fault {
  return { id: 'extension.unrequested', message };
}

function invalid(message: string): Fault {
  return { id: 'extension.invalid', message };
}
