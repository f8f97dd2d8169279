import type { ProbePlan } from '../../base/plan.js';
import type { CopiedMessage } from './message.js';
import { type CopiedProxy, remoteScheme } from './proxy.js';
import { type CopiedRequest, filePath, noteDigest, noteRedirects } from './request.js';
import { joined, type Words } from './words.js';

/** A script for Node 18 and later with `npm install ws`. */
export function nodeScript(
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[] = [],
): string {
  const messages = message ? [message, ...further] : [];
  const options = [...headerOptions(request), ...tlsOptions(plan, request)];
  if (request.origin) options.push(`origin: ${expression(request.origin)},`);
  options.push(`perMessageDeflate: ${plan.compression !== false},`, `handshakeTimeout: ${plan.timeouts.upgradeMs},`);
  options.push(`maxPayload: ${plan.limits.maxMessageBytes},`);
  noteDigest(request, 'ws', notes);
  if (plan.followRedirects) {
    options.push('followRedirects: true,');
    noteRedirects(plan, request, notes);
  }
  const agent = typeof request.proxy === 'string' ? null : agentOf(request.proxy, plan);
  if (agent) {
    options.push(`agent: ${agent.code},`);
    notes.push(`The proxy needs one more package: npm install ${agent.module}.`);
  }
  const body = options.map((line) => `  ${line}`).join('\n');
  const usesFiles = body.includes('readFileSync(');
  const usesSecrets =
    [request.url, ...request.subprotocols].some(hasSecret) ||
    /secret\(/.test(body) ||
    messages.some(({ words }) => hasSecret(words ?? []));
  return `${[
    ...(usesFiles ? ["import { readFileSync } from 'node:fs';"] : []),
    ...(agent ? [`import { ${agent.name} } from '${agent.module}';`] : []),
    "import WebSocket from 'ws';",
    '',
    ...(usesSecrets ? SECRET : []),
    `const socket = new WebSocket(${expression(request.url)}, [${request.subprotocols.map(expression).join(', ')}], {`,
    body,
    '});',
    '',
    ...(messages.length > 0
      ? ["socket.on('open', () => {", ...messages.map((each) => `  socket.send(${messageExpression(each)});`), '});']
      : []),
    ...REST,
  ].join('\n')}\n`;
}

const SECRET = [
  'function secret(name) {',
  '  const value = process.env[name];',
  '  if (value === undefined) throw new Error(`Set the environment variable ${name}.`);',
  '  return value;',
  '}',
  '',
];

const REST = [
  "socket.on('message', (data, isBinary) => console.log(isBinary ? data : data.toString()));",
  "socket.on('unexpected-response', (request, response) => {",
  '  console.error(`Refused: ${response.statusCode} ${response.statusMessage}`);',
  '  response.resume();',
  '});',
  "socket.on('error', (error) => console.error(error.message));",
  "socket.on('close', (code, reason) => console.log(`Closed: ${code} ${reason}`));",
];

function headerOptions({ headers, basic }: CopiedRequest): string[] {
  const byName = new Map<string, { name: string; values: string[] }>();
  const add = (name: string, value: string) => {
    const known = byName.get(name.toLowerCase());
    if (known) known.values.push(value);
    else byName.set(name.toLowerCase(), { name, values: [value] });
  };
  for (const { name, value } of headers) add(name, expression(value));
  if (basic) add('Authorization', `'Basic ' + Buffer.from(${expression(basic)}).toString('base64')`);
  if (byName.size === 0) return [];
  const lines = [...byName.values()].map(({ name, values }) => {
    return `  ${text(name)}: ${values.length === 1 ? values[0] : `[${values.join(', ')}]`},`;
  });
  return ['headers: {', ...lines, '},'];
}

function tlsOptions(plan: ProbePlan, { passphrase }: CopiedRequest): string[] {
  const { ca, cert, key, pfx, serverName, rejectUnauthorized, minVersion } = plan.tls;
  const file = (path: string) => `readFileSync(${expression(filePath(plan, path))})`;
  return [
    ...(ca ? [`ca: [${ca.map(file).join(', ')}],`] : []),
    ...(cert === undefined ? [] : [`cert: ${file(cert)},`]),
    ...(key === undefined ? [] : [`key: ${file(key)},`]),
    ...(pfx === undefined ? [] : [`pfx: ${file(pfx)},`]),
    ...(passphrase ? [`passphrase: ${expression(passphrase)},`] : []),
    ...(serverName === undefined ? [] : [`servername: ${text(serverName)},`]),
    ...(rejectUnauthorized === false ? ['rejectUnauthorized: false,'] : []),
    ...(minVersion === undefined ? [] : [`minVersion: ${text(minVersion)},`]),
  ];
}

interface Agent {
  readonly name: string;
  readonly module: string;
  readonly code: string;
}

function agentOf(proxy: CopiedProxy, plan: ProbePlan): Agent {
  const { kind, place, username, password, authorization, rejectUnauthorized } = proxy;
  const encoded = (words: Words) => `encodeURIComponent(${expression(words)})`;
  const user = authorization ? null : username;
  const url = [
    text(`${remoteScheme(kind)}://`),
    ...(user ? [encoded(user), ...(password ? ["':'", encoded(password)] : []), "'@'"] : []),
    expression(place),
  ].join(' + ');
  if (kind !== 'http' && kind !== 'https') {
    return { name: 'SocksProxyAgent', module: 'socks-proxy-agent', code: `new SocksProxyAgent(${url})` };
  }
  const ca = (plan.tls.ca ?? []).map((path) => `readFileSync(${expression(filePath(plan, path))})`);
  const options = [
    ...(authorization ? [`headers: { 'Proxy-Authorization': ${expression(authorization)} }`] : []),
    ...(kind === 'https' && ca.length > 0 ? [`ca: [${ca.join(', ')}]`] : []),
    ...(kind === 'https' && !rejectUnauthorized ? ['rejectUnauthorized: false'] : []),
  ];
  const more = options.length > 0 ? `, { ${options.join(', ')} }` : '';
  return { name: 'HttpsProxyAgent', module: 'https-proxy-agent', code: `new HttpsProxyAgent(${url}${more})` };
}

function messageExpression(message: CopiedMessage): string {
  return message.words ? expression(message.words) : `Buffer.from(${text(message.bytes.toString('base64'))}, 'base64')`;
}

function hasSecret(words: Words): boolean {
  return words.some((piece) => 'env' in piece);
}

export function expression(words: Words): string {
  const code = joined(words).map((piece) => ('env' in piece ? `secret(${text(piece.env)})` : text(piece.literal)));
  return code.length === 0 ? "''" : code.join(' + ');
}

/** A string literal in which nothing hides and nothing ends a line. */
export function text(value: string): string {
  const json = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escaped);
  return json.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
