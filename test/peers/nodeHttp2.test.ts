import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type Backends, startBackends } from './support/backends.js';
import { type Case, probeCases, type Scene } from './support/cases.js';
import { urlFrom } from './support/peer.js';
import { makePki } from './support/pki.js';
import { ECHO, HEALTHY } from './support/plans.js';

const STAYS = { http: '2', expect: { holdMs: 1_000 } } as const;

const CASES: readonly Case[] = [
  { name: 'a WebSocket', url: 'ws://{h2}/', plan: { ...ECHO, http: '2' }, findings: [], check: HEALTHY },
  {
    name: 'enableConnectProtocol left off',
    url: 'ws://{bare}/',
    plan: { http: '2' },
    phase: 'upgrade',
    findings: ['http2.not-supported @ handshake'],
    shows: ['ENABLE_CONNECT_PROTOCOL'],
  },
  {
    name: 'HTTP/1.1 to it',
    url: 'ws://{h2}/',
    phase: 'upgrade',
    findings: ['upgrade.not-http @ http'],
    shows: ['HTTP/2'],
  },
  {
    name: '403',
    url: 'ws://{h2}/status/403',
    plan: { http: '2' },
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['HTTP/2'],
  },
  {
    name: '503',
    url: 'ws://{h2}/status/503',
    plan: { http: '2' },
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
  },
  {
    name: 'RST_STREAM REFUSED_STREAM instead of an answer',
    url: 'ws://{h2}/refuse',
    plan: { http: '2' },
    phase: 'upgrade',
    findings: ['http2.refused @ handshake'],
    shows: ['REFUSED_STREAM'],
  },
  {
    name: 'GOAWAY instead of an answer',
    url: 'ws://{h2}/goaway',
    plan: { http: '2' },
    phase: 'upgrade',
    findings: ['http2.goaway @ handshake'],
  },
  {
    name: 'RST_STREAM once it is open',
    url: 'ws://{h2}/open-then-reset',
    plan: STAYS,
    verdict: 'degraded',
    // It ends at the first DATA that it gets, which is our ping.
    findings: ['close.after-ping @ application', 'close.reset @ network'],
    shows: ['INTERNAL_ERROR'],
  },
  {
    name: 'END_STREAM once it is open',
    url: 'ws://{h2}/open-then-end',
    plan: STAYS,
    verdict: 'degraded',
    // It ends at the first DATA that it gets, which is our ping.
    findings: ['close.after-ping @ application', 'close.dropped @ network'],
    shows: ['END_STREAM'],
  },
  {
    name: 'GOAWAY NO_ERROR once it is open: the stream lives on',
    url: 'ws://{h2}/echo-and-goaway',
    plan: { ...ECHO, http: '2' },
    findings: [],
    check: HEALTHY,
  },
];

describe('Node http2', () => {
  let backends: Backends;
  let servers: readonly Http2Server[];
  let scene: Scene;
  before(async () => {
    const pki = await makePki();
    backends = await startBackends(pki);
    const listen = async (enableConnectProtocol: boolean) => {
      const server = createServer({ settings: { enableConnectProtocol } });
      server.on('stream', (stream, headers) =>
        serve(
          stream.on('error', () => {}),
          headers,
          backends.ports.echo,
        ),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return server;
    };
    servers = [await listen(true), await listen(false)];
    const [h2 = 0, bare = 0] = servers.map((server) => (server.address() as AddressInfo).port);
    const ports = { h2, bare };
    const url = (template: string) => urlFrom(template, ports);
    scene = { pki, backends, peer: { folder: '', ports, url, log: () => '', stop: () => Promise.resolve() } };
  });
  after(async () => {
    for (const server of servers) server.close();
    await backends.stop();
  });

  probeCases(() => scene, CASES);
});

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, echo: number): void {
  const [, what = '', status] = String(headers[':path']).split('/');
  assert.equal(headers[':protocol'], 'websocket');
  if (what === 'status') stream.respond({ ':status': Number(status) }, { endStream: true });
  else if (what === 'refuse') stream.close(constants.NGHTTP2_REFUSED_STREAM);
  else if (what === 'goaway') stream.session?.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  else if (what.startsWith('open-then-')) open(stream, what.slice('open-then-'.length));
  else {
    if (what === 'echo-and-goaway') stream.once('data', () => stream.session?.goaway(constants.NGHTTP2_NO_ERROR));
    void bridge(stream, headers, echo);
  }
}

function open(stream: ServerHttp2Stream, then: string): void {
  stream.respond({ ':status': 200 });
  // Once the client's first frame is here the WebSocket is open on both sides.
  stream.once('data', () => {
    if (then === 'reset') stream.destroy(new Error('the handler failed'));
    else stream.end();
  });
}

/** What a reverse proxy does: the WebSocket behind is asked for in HTTP/1.1, then bytes go to and fro. */
async function bridge(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, port: number): Promise<void> {
  const behind = request({
    host: '127.0.0.1',
    port,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
      'Sec-WebSocket-Extensions': headers['sec-websocket-extensions'] ?? '',
    },
  }).end();
  const [response, socket] = (await once(behind, 'upgrade')) as [
    { headers: IncomingHttpHeaders },
    NodeJS.ReadWriteStream,
  ];
  const extensions = response.headers['sec-websocket-extensions'];
  stream.respond({ ':status': 200, ...(extensions ? { 'sec-websocket-extensions': extensions } : {}) });
  socket.on('error', () => stream.close());
  stream.pipe(socket).pipe(stream);
}
