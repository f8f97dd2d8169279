import type { Match } from '../base/message.js';
import type { ProbePlan } from '../base/plan.js';
import { holdsReference } from './converted.js';
import type { CopiedMessage } from './copyAs/message.js';
import { expression, text } from './copyAs/nodeScript.js';
import { type CopiedRequest, listedHeaders, noteDigest } from './copyAs/request.js';

const SIMPLE_PATH = /^\$(?:\.[A-Za-z_]\w*|\[\d+\])*$/;

/** A script for k6 (`k6/websockets`): each virtual user says the messages and judges one reply after the last. */
export function k6Script(
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[],
): string {
  const messages = message ? [message, ...further] : [];
  const { rejectUnauthorized, ...tls } = plan.tls;
  if (Object.keys(tls).length > 0) notes.push('Certificates and TLS versions are options of k6 (tlsAuth): left out.');
  if (typeof request.proxy !== 'string') notes.push('The proxy is left out: k6 takes it from HTTPS_PROXY.');
  noteDigest(request, 'A WebSocket of k6', notes);
  if (plan.followRedirects) notes.push('k6 follows no redirects.');
  const headers = listedHeaders(request, 'k6', notes).map(({ name, value }) => `${text(name)}: ${expression(value)}`);
  if (request.origin) headers.push(`Origin: ${expression(request.origin)}`);
  if (request.basic) headers.push(`Authorization: 'Basic ' + encoding.b64encode(${expression(request.basic)})`);
  const sends = messages.map(({ bytes, words }) =>
    words ? expression(words) : `encoding.b64decode(${text(bytes.toString('base64'))})`,
  );
  const params = [
    ...(headers.length > 0 ? [`    headers: {`, ...headers.map((line) => `      ${line},`), '    },'] : []),
    ...(plan.compression === false ? [] : ["    compression: 'deflate',"]),
  ];
  const wanted = wantedOf(plan.message?.expect ?? 'any', messages[0] ?? null, sends[0] ?? "''", notes);
  const isEncoding = [...headers, ...sends].some((code) => code.includes('encoding.'));
  const head = [
    "import { check } from 'k6';",
    ...(isEncoding ? ["import encoding from 'k6/encoding';"] : []),
    "import { clearTimeout, setTimeout } from 'k6/timers';",
    "import { WebSocket } from 'k6/websockets';",
    '',
    '// More of them: k6 run --vus 100 --iterations 1000',
    `export const options = { vus: 1, iterations: 1${rejectUnauthorized === false ? ', insecureSkipTLSVerify: true' : ''} };`,
    '',
  ];
  const protocols = request.subprotocols.length === 0 ? 'null' : `[${request.subprotocols.map(expression).join(', ')}]`;
  const body = [
    'export default function () {',
    `  const socket = new WebSocket(${expression(request.url)}, ${protocols}, {`,
    ...params,
    '  });',
    "  socket.binaryType = 'arraybuffer';",
    '  let opened = false;',
    '  let received = false;',
    `  const limit = setTimeout(() => socket.close(), ${plan.timeouts.upgradeMs + plan.timeouts.messageMs});`,
    "  socket.addEventListener('open', () => {",
    '    opened = true;',
    ...sends.map((code) => `    socket.send(${code});`),
    ...(sends.length === 0 ? ['    socket.close();'] : []),
    '  });',
    ...(sends.length === 0
      ? []
      : [
          "  socket.addEventListener('message', ({ data }) => {",
          `    if (!(${wanted})) return;`,
          '    received = true;',
          '    socket.close();',
          '  });',
        ]),
    "  socket.addEventListener('error', ({ error }) => console.error(error));",
    "  socket.addEventListener('close', () => {",
    '    clearTimeout(limit);',
    '    check(null, {',
    '      connected: () => opened,',
    ...(sends.length === 0 ? [] : ["      'reply as expected': () => received,"]),
    '    });',
    '  });',
    '}',
  ];
  const usesSecrets = body.some((line) => line.includes('secret('));
  return `${[...head, ...(usesSecrets ? SECRET : []), ...body].join('\n')}\n`;
}

const SECRET = [
  'function secret(name) {',
  '  const value = __ENV[name];',
  '  if (value === undefined) throw new Error(`Set the environment variable ${name}.`);',
  '  return value;',
  '}',
  '',
];

/** A condition on `data`; any reply where k6 has no short way to say it. */
function wantedOf(
  match: 'echo' | 'any' | Match,
  message: CopiedMessage | null,
  first: string,
  notes: string[],
): string {
  if (match === 'any') return 'true';
  if (match === 'echo') {
    if (!message || message.words) return `data === ${first}`;
    return `data instanceof ArrayBuffer && encoding.b64encode(data) === ${text(message.bytes.toString('base64'))}`;
  }
  const isFixed = !/\$\{/.test(JSON.stringify(match)) && !holdsReference(JSON.stringify(match));
  if (isFixed && match.in === undefined && match.kind === undefined) {
    if ('jsonPath' in match && SIMPLE_PATH.test(match.jsonPath) && typeof match.equals === 'string') {
      const path = match.jsonPath.slice(1).replace(/\.|\[/g, (dot) => `?.${dot === '.' ? '' : '['}`);
      return `(() => { try { return JSON.parse(data)${path} === ${text(match.equals)}; } catch { return false; } })()`;
    }
    if ('contains' in match) return `String(data).includes(${text(match.contains)})`;
    if ('equals' in match && typeof match.equals === 'string' && !('jsonPath' in match))
      return `data === ${text(match.equals)}`;
  }
  notes.push('The reply that is expected has no short form in k6: any reply counts.');
  return 'true';
}
