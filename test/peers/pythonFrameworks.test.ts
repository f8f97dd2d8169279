import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO } from './support/plans.js';

const SERVERS = [
  'uvicorn',
  'wsproto',
  'bare',
  'hypercorn',
  'daphne',
  'fastapi',
  'tornado',
  'aiohttp',
  'socketio',
  'wsgi',
];
const EVIL = { origin: 'http://evil.example' };

const refuses = (server: string, shows: string): Case => ({
  name: `${server}: the application closes before it accepts`,
  url: `ws://{${server}}/refuse`,
  phase: 'upgrade',
  findings: ['upgrade.forbidden @ application'],
  shows: ['Recognised by', shows, 'did not accept the WebSocket'],
});

const fails = (server: string, shows: string): Case => ({
  name: `${server}: the application raises before it accepts`,
  url: `ws://{${server}}/raise`,
  phase: 'upgrade',
  findings: ['upgrade.server-error @ application'],
  shows: ['Recognised by', shows, 'failed before it accepted'],
});

const CASES: readonly Case[] = [
  ...['uvicorn', 'wsproto', 'hypercorn', 'daphne', 'fastapi', 'tornado', 'aiohttp'].map(
    (server): Case => ({
      name: `${server}: echo`,
      url: `ws://{${server}}/ws`,
      plan: ECHO,
      findings: [],
    }),
  ),
  refuses('uvicorn', 'uvicorn'),
  refuses('wsproto', 'wsproto'),
  refuses('hypercorn', 'Hypercorn'),
  refuses('daphne', 'Daphne'),
  fails('uvicorn', 'uvicorn'),
  fails('hypercorn', 'Hypercorn'),
  fails('daphne', 'Daphne'),
  {
    name: 'FastAPI: a path without a route',
    url: 'ws://{fastapi}/ws/',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['no route at /ws/', '@app.websocket'],
  },
  {
    name: 'uvicorn without a WebSocket library',
    url: 'ws://{bare}/ws',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['no WebSocket library', 'uvicorn[standard]'],
  },
  {
    name: 'Tornado: a foreign origin',
    url: 'ws://{tornado}/ws',
    plan: EVIL,
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['Tornado refused the Origin http://evil.example', 'check_origin'],
  },
  {
    name: 'Tornado: a path without a handler',
    url: 'ws://{tornado}/nope',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Tornado has no handler at /nope'],
  },
  {
    name: 'aiohttp: a path without a handler',
    url: 'ws://{aiohttp}/nope',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['aiohttp has no handler at /nope'],
  },
  {
    name: 'WSGI: no WebSockets at all',
    url: 'ws://{wsgi}/ws',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['WSGI has no WebSockets'],
  },
  {
    name: 'python-socketio: nothing in the query',
    url: 'ws://{socketio}/socket.io/',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['wants EIO=4', 'EIO=4&transport=websocket'],
  },
  {
    name: 'python-socketio: EIO=3',
    url: 'ws://{socketio}/socket.io/?EIO=3&transport=websocket',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['wants EIO=4'],
  },
  {
    name: 'python-socketio: the polling transport',
    url: 'ws://{socketio}/socket.io/?EIO=4&transport=polling',
    phase: 'upgrade',
    findings: ['upgrade.not-websocket @ application'],
    shows: ['polling transport', 'transport=websocket'],
  },
  {
    name: 'python-socketio: a foreign origin',
    url: 'ws://{socketio}/socket.io/?EIO=4&transport=websocket',
    plan: EVIL,
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['cors_allowed_origins'],
  },
  {
    name: 'python-socketio: the connect handler refuses',
    url: 'ws://{socketio}/socket.io/?EIO=4&transport=websocket',
    plan: { message: { send: '40', expect: { contains: '40{' }, samples: 1 }, timeouts: { messageMs: 500 } },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'message.mismatch @ application'],
    shows: ['authentication failed', '40{'],
  },
];

describePeer(
  'servers and frameworks of Python',
  () => ({
    software: 'python-frameworks',
    ports: SERVERS,
    configs: ['python_frameworks.py'],
    args: (fill) => [fill('{{folder}}/python_frameworks.py'), ...SERVERS.map((name) => fill(`${name}={{${name}}}`))],
  }),
  'python-frameworks',
  (scene) => probeCases(scene, CASES),
);
