import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { encodeFrame } from '../../src/core/frames/frameEncoder.js';
import { acceptFor } from '../../src/core/handshake/accept.js';
import type { OAuth2, ProbePlan } from '../../src/core/base/plan.js';
import { LOCAL, makeCertificate } from './certificates.js';
import { goaway, Http2Peer, rstStream, settings, takesConnect } from './http2Frames.js';

/** Somewhere a peer can write, as a server that writes a text there. */
export interface Place {
  readonly name: string;
  /** Keys of the report where it can turn up. */
  readonly keys: readonly string[];
  readonly serve: (text: string) => Promise<PlantedServer>;
}

export interface PlantedServer {
  readonly url: string;
  /** Keys of the profile that lead there. */
  readonly profile?: {
    readonly http?: ProbePlan['http'];
    readonly proxy?: string;
    readonly tls?: ProbePlan['tls'];
    readonly auth?: OAuth2;
  };
  readonly stop: () => void;
}

const byte = (text: string) => Buffer.from(text, 'latin1');

const opened = (accept: string, more = '') =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`;

const refused = (status: string, headers = '', body = '') =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** A server that writes the same to every client once it has asked. */
function answering(answer: (accept: string) => Uint8Array | string, scheme = 'ws') {
  return async (): Promise<PlantedServer> => listen((socket) => onHead(socket, answer), scheme);
}

function onHead(socket: Socket, answer: (accept: string) => Uint8Array | string): void {
  let asked = '';
  socket.on('data', function read(chunk: Buffer) {
    asked += chunk.toString('latin1');
    if (!asked.includes('\r\n\r\n')) return;
    socket.off('data', read);
    socket.resume();
    const key = /^sec-websocket-key: *(\S+)/im.exec(asked)?.[1] ?? '';
    const bytes = answer(acceptFor(key));
    socket.end(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  });
}

async function listen(onSocket: (socket: Socket) => void, scheme: string): Promise<PlantedServer> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}

/** Where the token comes from: nothing else is asked. */
async function tokenEndpoint(answer: string): Promise<PlantedServer> {
  const { url, stop } = await answering(() => answer)();
  const tokenUrl = url.replace(/^ws/, 'http');
  const auth = { type: 'oauth2', tokenUrl, clientId: 'wsprobe', clientSecret: '${secret:t}' } as const;
  return { url, stop, profile: { auth } };
}

/** Frames behind a good opening handshake. */
function talking(...frames: readonly Parameters<typeof encodeFrame>[0][]) {
  return answering((accept) => Buffer.concat([byte(opened(accept)), ...frames.map((frame) => encodeFrame(frame))]));
}

function closing(code: number, reason: string) {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
  return { opcode: 8, payload };
}

async function proxied(answer: string): Promise<PlantedServer> {
  const { url, stop } = await answering(() => answer, 'http')();
  return { url: 'ws://target.test/', profile: { proxy: url.slice(0, -1) }, stop };
}

async function overHttp2(text: string, how: 'goaway' | 'reset'): Promise<PlantedServer> {
  const peer = await Http2Peer.start(async (connection) => {
    connection.send(how === 'goaway' ? takesConnect : settings());
    const stream = await connection.request();
    if (how === 'goaway') connection.send(goaway(0, 11, text));
    else connection.send(rstStream(stream, 7), goaway(stream, 2, text));
    connection.socket.end();
  });
  return { url: peer.url, profile: { http: '2' }, stop: () => void peer.stop() };
}

async function certified(text: string): Promise<PlantedServer> {
  const made = await makeCertificate({
    name: [{ CN: [text] }, { O: [`of ${text}`] }],
    altNames: [...LOCAL, { type: 'url', value: `https://example.test/${text}` }],
  });
  const sockets = new Set<Socket>();
  const server = tls.createServer({ cert: made.certPem, key: made.keyPem }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onHead(socket, (accept) => opened(accept));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, profile: { tls: { rejectUnauthorized: false } }, stop };
}

const half = (text: string) => Math.floor(Buffer.byteLength(text) / 2);

export const PLACES: readonly Place[] = [
  {
    name: 'status reason',
    keys: ['response', 'error'],
    serve: (text) => answering(() => refused(`401 no ${text}`))(),
  },
  {
    name: 'status reason of the answer to a second look',
    keys: ['looks'],
    serve: (text) =>
      listen((socket) => {
        socket.once('data', (chunk: Buffer) => {
          if (chunk[0] === 0x16) socket.end();
          else socket.end(refused(`404 no ${text}`));
        });
      }, 'wss'),
  },
  {
    name: 'words of a token endpoint',
    keys: ['credentials', 'error'],
    serve: (text) => {
      const words = JSON.stringify({ error: 'invalid_client', error_description: `no ${text}` });
      return tokenEndpoint(refused(`401 not ${text}`, 'Content-Type: application/json\r\n', words));
    },
  },
  {
    name: 'where a token endpoint redirects',
    keys: ['credentials', 'error'],
    serve: (text) => tokenEndpoint(refused('302 Found', `Location: https://id.test/${text}/\r\n`)),
  },
  {
    name: 'status reason of a 101',
    keys: ['response'],
    serve: (text) => answering((accept) => opened(accept).replace('Switching Protocols', text))(),
  },
  {
    name: 'header value of a refusal',
    keys: ['response'],
    serve: (text) => answering(() => refused('403 No', `X-Why: bad ${text}\r\nServer: ${text}\r\n`))(),
  },
  {
    name: 'header name',
    keys: ['response'],
    serve: (text) => answering(() => refused('403 No', `X-${text}: 1\r\n`))(),
  },
  {
    name: 'header of a 101',
    keys: ['response'],
    serve: (text) => answering((accept) => opened(accept, `X-Session: ${text}\r\nSet-Cookie: a=${text}\r\n`))(),
  },
  {
    name: 'broken header line',
    keys: ['error'],
    serve: (text) => answering((accept) => opened(accept, `${text} without a colon\r\n`))(),
  },
  {
    name: 'challenge',
    keys: ['response'],
    serve: (text) =>
      answering(() => refused('401 No', `WWW-Authenticate: Bearer error_description="bad ${text}"\r\n`))(),
  },
  {
    name: 'body',
    keys: ['response'],
    serve: (text) => answering(() => refused('403 No', 'Content-Type: text/plain\r\n', `invalid token ${text}`))(),
  },
  {
    name: 'Location',
    keys: ['redirects', 'response'],
    serve: (text) => answering(() => refused('302 Found', `Location: /login?next=${text}\r\n`))(),
  },
  {
    name: 'accept',
    keys: ['accept'],
    serve: (text) => answering(() => opened(text))(),
  },
  {
    name: 'subprotocol',
    keys: ['subprotocol'],
    serve: (text) => answering((accept) => opened(accept, `Sec-WebSocket-Protocol: ${text}\r\n`))(),
  },
  {
    name: 'extension',
    keys: ['compression'],
    serve: (text) => answering((accept) => opened(accept, `Sec-WebSocket-Extensions: x-${text}; a="${text}"\r\n`))(),
  },
  {
    name: 'upgrade header',
    keys: ['response'],
    serve: (text) => answering((accept) => opened(accept).replace('Upgrade: websocket', `Upgrade: ${text}`))(),
  },
  { name: 'bytes of no protocol', keys: ['error'], serve: (text) => answering(() => `SSH-2.0-${text}\r\n`)() },
  {
    name: 'Close reason',
    keys: ['close', 'error', 'frames'],
    serve: (text) => talking(closing(4401, `invalid ${text}`))(),
  },
  {
    name: 'text message',
    keys: ['frames'],
    serve: (text) => talking({ opcode: 1, payload: `{"token":"${text}"}` }, closing(1008, 'no'))(),
  },
  {
    name: 'binary message',
    keys: ['frames'],
    serve: (text) => talking({ opcode: 2, payload: Buffer.from(`\0${text}`) }, closing(1000, ''))(),
  },
  { name: 'ping', keys: ['frames'], serve: (text) => talking({ opcode: 9, payload: text }, closing(1000, ''))() },
  {
    name: 'fragments with the border inside',
    keys: ['frames'],
    serve: (text) =>
      talking(
        { opcode: 1, fin: false, payload: Buffer.from(text).subarray(0, half(text)) },
        { opcode: 9, payload: 'between' },
        { opcode: 0, payload: Buffer.from(text).subarray(half(text)) },
        closing(1000, ''),
      )(),
  },
  {
    name: 'frame that breaks the rules',
    keys: ['frames', 'error'],
    serve: (text) => talking({ opcode: 3, payload: text })(),
  },
  {
    name: 'HTTP behind the 101',
    keys: ['error'],
    serve: (text) => answering((accept) => `${opened(accept)}${refused(`502 ${text}`)}`)(),
  },
  {
    name: 'error of a dialect',
    keys: ['frames'],
    serve: (text) =>
      talking(
        { opcode: 1, payload: JSON.stringify({ type: 'connection_error', payload: { message: text } }) },
        closing(4403, text),
      )(),
  },
  {
    name: "proxy's status reason, headers and body",
    keys: ['proxy', 'error'],
    serve: (text) => proxied(refused(`403 ${text}`, `X-Why: ${text}\r\n`, `not ${text}`)),
  },
  { name: "proxy's rubbish", keys: ['error'], serve: (text) => proxied(`220 ${text}\r\n`) },
  { name: 'GOAWAY', keys: ['http2', 'error'], serve: (text) => overHttp2(text, 'goaway') },
  { name: 'RST_STREAM and GOAWAY', keys: ['http2', 'error'], serve: (text) => overHttp2(text, 'reset') },
  { name: 'certificate', keys: ['tls'], serve: certified },
];

/** A server that says the text to each client somewhere else, in turn: `opens` the handshake, or refuses it too. */
export async function inTurn(text: string, { opens }: { readonly opens: boolean }): Promise<PlantedServer> {
  const said = (...frames: readonly Parameters<typeof encodeFrame>[0][]) => {
    return (accept: string) => Buffer.concat([byte(opened(accept)), ...frames.map((frame) => encodeFrame(frame))]);
  };
  const refusals = [
    () => refused(`401 no ${text}`),
    () => refused('403 No', `X-Why: bad ${text}\r\nServer: ${text}\r\n`, `invalid token ${text}`),
    () => refused('302 Found', `Location: /login?next=${text}\r\n`),
    () => `SSH-2.0-${text}\r\n`,
  ];
  const openings = [
    said({ opcode: 1, payload: `{"token":"${text}","n":1}` }, closing(4401, `invalid ${text}`)),
    (accept: string) => opened(accept, `X-Session: ${text}\r\nSet-Cookie: a=${text}\r\n`),
    said({ opcode: 2, payload: Buffer.from(`\0${text}`) }, { opcode: 9, payload: text }, closing(1000, text)),
    said({ opcode: 1, payload: text }, { opcode: 1, payload: JSON.stringify({ type: 'error', message: text }) }),
    said({ opcode: 3, payload: text }),
  ];
  const all = opens ? openings : openings.flatMap((each, index) => [each, ...refusals.slice(index, index + 1)]);
  let next = 0;
  return listen((socket) => {
    const answer = all[next++ % all.length]!;
    onHead(socket, (accept) => answer(accept));
  }, 'ws');
}
