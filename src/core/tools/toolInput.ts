import { DIALECT_NAMES, dialectNamed } from '../base/dialectNames.js';
import { ProbeError } from '../base/errors.js';
import type { OutgoingMessage } from '../base/message.js';
import { checkUrl } from '../base/url.js';
import type { MessageFile, ProfileFile } from '../profile/profile.js';
import { escapeVariables } from '../base/escapeVariables.js';
import type { RowsAsked } from './rowsRead.js';
import { TOOLS, type ToolName, USUAL_ROWS } from './definitions.js';
import { isRecord, whyNotInput } from './inputSchema.js';

/** What is connected to: an address or a profile, with what is laid over it. All of it is meant as it stands. */
export interface ToolTarget {
  readonly url: string | null;
  readonly profile: string | null;
  readonly environment: string | null;
  /** Keys of a profile; none of their texts asks for a variable. */
  readonly over: ProfileFile;
}

/** An input that has been checked, by the name of its tool. */
export interface ToolInputs {
  readonly wsprobe_probe: ToolTarget;
  readonly wsprobe_connect: ToolTarget;
  readonly wsprobe_find_cure: ToolTarget;
  readonly wsprobe_send: { readonly sessionId: string; readonly message: OutgoingMessage };
  readonly wsprobe_read_frames: RowsAsked & { readonly sessionId: string };
  readonly wsprobe_close: { readonly sessionId: string; readonly code: number; readonly reason: string };
  readonly wsprobe_explain_close: { readonly code: number; readonly dialect: string | null };
}

/** A checked input with the name of its tool. */
export type ToolInput = { [N in ToolName]: { readonly name: N; readonly input: ToolInputs[N] } }[ToolName];

interface RawInput {
  readonly url?: string;
  readonly profile?: string;
  readonly environment?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  readonly send?: string;
  readonly expect?: string;
  readonly sessionId?: string;
  readonly text?: string;
  readonly json?: unknown;
  readonly hex?: string;
  readonly after?: number;
  readonly filter?: string;
  readonly limit?: number;
  readonly code?: number;
  readonly reason?: string;
  readonly dialect?: string;
}

/** The input of a tool, checked whoever sent it. Throws a ProbeError that says what to do instead. */
export function readToolInput<N extends ToolName>(name: N, input: unknown): ToolInputs[N] {
  const given = input ?? {};
  const wrong = whyNotInput(given, TOOLS[name].inputSchema);
  if (wrong !== null) throw refused(wrong);
  refuseReferences(given);
  return READERS[name](given);
}

const READERS: { readonly [N in ToolName]: (input: RawInput) => ToolInputs[N] } = {
  wsprobe_probe: targetOf,
  wsprobe_connect: targetOf,
  wsprobe_find_cure: targetOf,
  wsprobe_send: ({ sessionId = '', ...payload }) => ({ sessionId, message: messageOf(payload) }),
  wsprobe_read_frames: ({ sessionId = '', after = null, filter = '', limit = USUAL_ROWS }) => ({
    sessionId,
    after,
    filter,
    limit,
  }),
  wsprobe_close: ({ sessionId = '', code = 1_000, reason = '' }) => {
    if (Buffer.byteLength(reason) > 123) throw refused('reason is longer than 123 bytes.');
    return { sessionId, code, reason };
  },
  wsprobe_explain_close: ({ code = 0, dialect = null }) => {
    if (dialect !== null && dialectNamed(dialect) === null)
      throw refused('dialect is none that is known.', `Known: ${DIALECT_NAMES.join(', ')}. It may be left out.`);
    return { code, dialect };
  },
};

function targetOf(input: RawInput): ToolTarget {
  const { url = null, profile = null, environment = null } = input;
  if ((url === null) === (profile === null)) throw refused('Give exactly one of url and profile.');
  if (url !== null) checkAddress(url);
  if (profile !== null) checkPath(profile);
  if (environment !== null && profile === null)
    throw refused('environment chooses one of a profile, and this target is a url.');
  return { url, profile, environment, over: overOf(input) };
}

function checkAddress(url: string): void {
  const wrong = checkUrl(url);
  if (wrong !== null) throw refused(`url: ${wrong}`);
  if (url.includes('${')) throw refused('url holds ${…}: variables are filled in inside profiles alone.');
}

function checkPath(profile: string): void {
  if (profile.includes('\0') || /^[a-z][a-z0-9+.-]+:/i.test(profile))
    throw refused(
      'profile is a path of a .wsprobe file, no address.',
      'Write it from the root of the project: "checks/orders.wsprobe".',
    );
  if (!profile.endsWith('.wsprobe')) throw refused('profile must name a .wsprobe file.');
}

function overOf({ headers, subprotocols, send, expect }: RawInput): ProfileFile {
  const values = Object.entries(headers ?? {}).map(([name, value]) => [name, escapeVariables(value)] as const);
  const message: MessageFile = {
    ...(send === undefined ? {} : { send: { text: escapeVariables(send) } }),
    ...(expect === undefined ? {} : { expect: wantedReply(expect) }),
  };
  return {
    ...(headers === undefined ? {} : { headers: Object.fromEntries(values) }),
    ...(subprotocols === undefined ? {} : { subprotocols: subprotocols.map(escapeVariables) }),
    ...(Object.keys(message).length === 0 ? {} : { message }),
  };
}

function wantedReply(expect: string): NonNullable<MessageFile['expect']> {
  return expect === 'echo' || expect === 'any' ? expect : { contains: escapeVariables(expect) };
}

function messageOf(payload: Pick<RawInput, 'text' | 'json' | 'hex'>): OutgoingMessage {
  const kinds = (['text', 'json', 'hex'] as const).filter((kind) => payload[kind] !== undefined);
  const [format] = kinds;
  if (format === undefined || kinds.length > 1) throw refused('Give exactly one of text, json and hex.');
  if (format !== 'hex') {
    // JSON is sent as the text that it is: nothing of it is filled in.
    const content = format === 'text' ? (payload.text ?? '') : JSON.stringify(payload.json);
    return { format: 'text', content: escapeVariables(content), binary: false };
  }
  const hex = (payload.hex ?? '').replace(/\s+/g, '');
  if (!/^(?:[\da-f]{2})*$/i.test(hex)) throw refused('hex must be pairs of hex digits: "01 ff".');
  return { format, content: hex, binary: true };
}

/** What a person's files and environment hold is for profiles that a person wrote. */
function refuseReferences(value: unknown): void {
  if (typeof value === 'string' && /\$\{(?:secret|env):/.test(value))
    throw refused(
      'Arguments hold no ${secret:…} and no ${env:…}: these are filled in inside profiles alone.',
      'Put it into a .wsprobe file and give that as profile.',
    );
  if (Array.isArray(value)) value.forEach(refuseReferences);
  else if (isRecord(value)) Object.entries(value).flat().forEach(refuseReferences);
}

function refused(message: string, hint?: string): ProbeError {
  return new ProbeError('tool.input', message, hint === undefined ? {} : { hint });
}
