import { escapeVariables } from '../base/escapeVariables.js';
import type { ProbePlan } from '../base/plan.js';
import type { Step } from '../base/step.js';
import { NAME, SEND_TIME_NAMES } from '../profile/variables.js';
import { CommandProfile } from './commands/commandProfile.js';
import type { Converted } from './converted.js';
import type { CopiedMessage } from './copyAs/message.js';
import type { CopiedRequest } from './copyAs/request.js';
import type { Words } from './copyAs/words.js';
import { conversation } from './conversation.js';

const SECRET_PREFIX = 'WSPROBE_SECRET_';
const REQUEST = /^(?:(?:WEBSOCKET|WSS?)\s+(\S.*)|(wss?:\/\/\S+))$/i;
const SEPARATOR = /^===\s*(wait-for-server)?\s*$/;

interface Request {
  /** What it is called, or how it begins. */
  readonly title: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly isWebSocket: boolean;
}

/** A WebSocket request of a `.http` file, as the HTTP Client of JetBrains and httpYac have them, the first unless told. Null: there is none. */
export function readHttpFile(text: string, index = 0): Converted | null {
  const { requests, variables } = parseRequests(text);
  const chosen = requests.filter(({ isWebSocket }) => isWebSocket)[index];
  if (!chosen) return null;
  const left = requests.filter(({ isWebSocket }) => !isWebSocket).map(({ title }) => `request ${title}`);
  const fill = filler(variables, left);
  const { lines, name } = chosen;
  const file = { ...(name === '' ? {} : { name: escapeVariables(name) }), ...requestOf(lines, fill, left) };
  const declared = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, fill(value)]));
  return { file: { ...file, ...(Object.keys(declared).length > 0 ? { variables: declared } : {}) }, left };
}

/** Titles of the WebSocket requests, in their order. */
export function requestsIn(text: string): readonly string[] {
  return parseRequests(text).requests.flatMap(({ isWebSocket, title }) => (isWebSocket ? [title] : []));
}

function parseRequests(text: string): {
  readonly requests: readonly Request[];
  readonly variables: Readonly<Record<string, string>>;
} {
  const variables: Record<string, string> = {};
  const blocks: { name: string; lines: string[] }[] = [{ name: '', lines: [] }];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line.startsWith('###')) blocks.push({ name: line.slice(3).trim(), lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  const requests: Request[] = [];
  for (const { lines, name: heading } of blocks) {
    takeVariables(lines, variables);
    const at = lines.findIndex((line) => line.trim() !== '' && !isBeside(line));
    if (at < 0) continue;
    const first = lines[at]?.trim() ?? '';
    const named = lines.slice(0, at).map((line) => /^(?:#|\/\/)\s*@name(?:\s*=)?\s+(\S.*)$/.exec(line.trim())?.[1]);
    const name = named.find((word) => word !== undefined) ?? heading;
    requests.push({
      name,
      title: name || first.slice(0, 80),
      lines: lines.slice(at),
      isWebSocket: REQUEST.test(first),
    });
  }
  return { requests, variables };
}

/** Comments, variables and scripts before a request. */
function isBeside(line: string): boolean {
  return /^\s*(#|\/\/|@)/.test(line);
}

/** `@name = value`, wherever it stands before a request. */
function takeVariables(lines: readonly string[], variables: Record<string, string>): void {
  for (const line of lines) {
    if (line.trim() !== '' && !isBeside(line)) return;
    const [, name = '', value = ''] = /^\s*@([\w.-]+)\s*=(.*)$/.exec(line) ?? [];
    if (NAME.test(name) && !SEND_TIME_NAMES.includes(name)) variables[name] = value.trim();
  }
}

type Fill = (text: string) => string;

/** `{{x}}` as a profile writes it. */
function filler(variables: Readonly<Record<string, string>>, left: string[]): Fill {
  return (text) =>
    text
      .split(/(\{\{[^{}]*\}\})/)
      .map((piece, index) => (index % 2 === 0 ? escapeVariables(piece) : reference(piece.slice(2, -2).trim())))
      .join('');

  function reference(name: string): string {
    if (/^\$(random\.)?(uuid|guid)$/.test(name)) return '${uuid}';
    const [, env] = /^(?:\$env\.|\$processEnv\s+|process\.env\.)([A-Za-z_]\w*)$/.exec(name) ?? [];
    if (env?.startsWith(SECRET_PREFIX))
      return `\${secret:${env.slice(SECRET_PREFIX.length).toLowerCase().replaceAll('_', '-')}}`;
    if (env !== undefined) return `\${env:${env}}`;
    if (Object.hasOwn(variables, name)) return `\${${name}}`;
    if (/^[A-Za-z_]\w*$/.test(name)) {
      left.push(`{{${name}}}, which the file does not declare: \${env:${name}} stands for it`);
      return `\${env:${name}}`;
    }
    left.push(`{{${name}}}, which stays as it is written`);
    return escapeVariables(`{{${name}}}`);
  }
}

/** A name is a token (RFC 9110 5.1). */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/;

function requestOf(lines: readonly string[], fill: Fill, left: string[]): Converted['file'] {
  const [, first, bare] = REQUEST.exec(lines[0]?.trim() ?? '') ?? [];
  const profile = new CommandProfile();
  let url = first ?? bare ?? '';
  let at = 1;
  for (; at < lines.length && (lines[at] ?? '').trim() !== ''; at++) {
    const line = lines[at] ?? '';
    // Some leave out the empty line before the first message.
    if (!/^\s/.test(line) && !isBeside(line) && !HEADER.test(line)) break;
    if (/^\s+[?&/]/.test(line)) url += line.trim();
    else if (isBeside(line)) continue;
    else if (!setHeader(profile, line.trim(), fill)) left.push(`header ${line.trim().slice(0, 40)}`);
  }
  profile.set('url', fill(url.replace(/\s+HTTP\/[\d.]+$/i, '')));
  return { ...profile.toFile(), ...conversation(stepsOf(lines.slice(at), fill, left)) };
}

/** `Authorization: Basic user password` is how these files write credentials, and those of Digest. */
function setHeader(profile: CommandProfile, line: string, fill: Fill): boolean {
  const [, scheme = '', user, password] = /^authorization:\s*(basic|digest)\s+(\S+)\s+(\S+)$/i.exec(line) ?? [];
  if (user !== undefined) {
    if (/^digest$/i.test(scheme)) profile.set('digest', '');
    return profile.set('basic', `${fill(user)}:${fill(password ?? '')}`);
  }
  return profile.set('header', fill(line));
}

function stepsOf(lines: readonly string[], fill: Fill, left: string[]): readonly Step[] {
  const steps: Step[] = [];
  let message: string[] = [];
  const end = () => {
    const isSaid = (line: string) => line.trim() !== '';
    const text = message.slice(message.findIndex(isSaid), message.findLastIndex(isSaid) + 1).join('\n');
    message = [];
    if (text === '') return;
    const [, file] = /^<@?\s+(\S[^\n]*)$/.exec(text) ?? [];
    steps.push({ send: file === undefined ? { text: fill(text) } : { file: fill(file.trim()) } });
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const separator = SEPARATOR.exec(line);
    if (separator !== null) {
      end();
      if (separator[1] !== undefined) steps.push({ expect: { contains: '' } });
    } else if (/^\{\{(?!.*\}\})/.test(line)) {
      left.push(`script ${line.trim().slice(0, 40)}`);
      while (at < lines.length && !/^\s*\}\}/.test(lines[at] ?? '')) at += 1;
    } else if (/^[<>]\s*(\{%|\S+\.js\s*$)/.test(line)) {
      left.push(`script ${line.trim().slice(0, 40)}`);
      if (line.includes('{%')) while (at < lines.length && !(lines[at] ?? '').includes('%}')) at += 1;
    } else message.push(line);
  }
  end();
  return steps;
}

/** A request for these files; secrets come from the environment. */
export function httpFile(
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[],
): string {
  const headers = request.headers.map(({ name, value }) => `${name}: ${inBraces(value)}`);
  if (request.origin) headers.push(`Origin: ${inBraces(request.origin)}`);
  if (request.subprotocols.length > 0)
    headers.push(`Sec-WebSocket-Protocol: ${request.subprotocols.map(inBraces).join(', ')}`);
  if (request.basic) headers.push(`Authorization: Basic ${inBraces(request.basic).replace(':', ' ')}`);
  if (request.digest) headers.push(`Authorization: Digest ${inBraces(request.digest).replace(':', ' ')}`);
  if (Object.keys(plan.tls).length > 0) notes.push('tls has no place in a .http file.');
  if (plan.proxyChoice !== 'auto') notes.push('The proxy has no place in a .http file.');
  if (plan.followRedirects) notes.push('followRedirects has no place in a .http file.');
  const messages = (message ? [message, ...further] : []).flatMap(({ words }) => {
    const text = words === null ? null : inBraces(words);
    if (text !== null && isSayable(text)) return [text];
    notes.push('A message that a .http file cannot hold (binary, or lines that mean something there) is left out.');
    return [];
  });
  const request_ = [`WEBSOCKET ${inBraces(request.url)}`, ...headers].join('\n');
  const body = messages.length === 0 ? '' : `\n${messages.join('\n===\n')}\n`;
  return `### ${plan.name.replace(/\s+/g, ' ')}\n${request_}\n${body}`;
}

function inBraces(words: Words): string {
  return words.map((piece) => ('env' in piece ? `{{$env.${piece.env}}}` : piece.literal)).join('');
}

function isSayable(text: string): boolean {
  const literal = text.replace(/\{\{\$env\.\w+\}\}/g, '');
  const isMarked = /^(###|===|<|>)/m.test(text) || /\{\{|\r/.test(literal);
  return text.trim() !== '' && !isMarked && !/^\s*\n|\n\s*$/.test(text);
}
