import { parseUrl } from '../base/url.js';
import { quoteText } from '../base/plainText.js';
import { hostPort, pathOf, sentHeader, statusWords } from './facts.js';
import type { Reading } from './knownAnswer.js';
import { ownOrigin } from './snippets/origin.js';
import { profileFix } from './snippets/profile.js';
import { curl, shellFix, textFix } from './snippets/shell.js';

/** engine.io 6, lib/server.ts: as JSON, and as text where it was an upgrade. Unknown sessions have a finding of their own. */
const engineIo: readonly (readonly [code: string, text: string, meaning: string])[] = [
  ['0', 'Transport unknown', 'the query needs transport=websocket'],
  ['2', 'Bad handshake method', 'the first request must be a GET'],
  ['3', 'Bad request', 'the query is incomplete, or names a session of another transport'],
  ['4', 'Forbidden', 'its option allowRequest refused the client'],
  ['5', 'Unsupported protocol version', 'client and server are of different generations (EIO=3, EIO=4)'],
];

/** What Engine.IO wants to see in the query, the path and the rest of the query kept. */
function engineIoUrl(address: string): string {
  const url = parseUrl(address);
  if (!url) return address;
  url.searchParams.set('EIO', '4');
  url.searchParams.set('transport', 'websocket');
  return url.href;
}

/** ws and Engine.IO as they answered in the tests; of the others the answers that are known of them, not run here. */
export const knownFrameworks: readonly Reading[] = [
  ({ status, text, response, evidence }) => {
    if (status !== 400 && status !== 403) return null;
    const code = /^\{"code":([0-5]),"message":/.exec(text)?.[1];
    const path = /\/(socket|engine)\.io\//.test(pathOf(evidence));
    const [, said, meaning] =
      engineIo.find(
        ([number, words]) => code === number || (text === words && (path || number === '0' || number === '5')),
      ) ?? [];
    if (said === undefined) return null;
    const url = engineIoUrl(evidence.plan.url);
    return {
      id: status === 403 ? 'upgrade.forbidden' : 'upgrade.bad-request',
      title: `Socket.IO (Engine.IO) answered "${said}": ${meaning} (${statusWords(response)})`,
      why: 'Engine.IO was reached and read the query. A complete address ends in /socket.io/?EIO=4&transport=websocket, with EIO=3 for servers before version 3.',
      sign: `the body ${quoteText(text, 80)}`,
      fixes:
        status === 400 && url !== evidence.plan.url
          ? [profileFix('A complete Socket.IO address (profile)', { url })]
          : [],
    };
  },
  ({ status, text, evidence, response }) => {
    if (status !== 200 || text !== 'Welcome to SockJS!') return null;
    const url = parseUrl(evidence.plan.url);
    if (url) url.pathname = `${url.pathname.replace(/\/+$/, '')}/websocket`;
    return {
      id: 'upgrade.not-websocket',
      title: `This is a SockJS endpoint: its WebSocket is one step further, at ${quoteText(pathOf(evidence).replace(/\/+$/, ''), 80)}/websocket (${statusWords(response)})`,
      why: 'SockJS greets at its base address and takes raw WebSockets at /websocket below it.',
      sign: 'the body "Welcome to SockJS!"',
      fixes: url ? [profileFix('Append /websocket (profile)', { url: url.href })] : [],
    };
  },
  ({ status, text, header, evidence }) =>
    status === 400 &&
    text === 'Bad Request' &&
    header('content-type') === 'text/html' &&
    header('content-length') === '11' &&
    /^close$/i.test(header('connection')) &&
    header('date') === ''
      ? {
          id: 'upgrade.bad-request',
          title: `The ws library (Node) takes no WebSocket at ${quoteText(pathOf(evidence), 100)}: its option "path" is another`,
          why: 'ws answers this bare 400 "Bad Request" to a good request whose path is not its own. The request is well formed, only the path is wrong.',
          sign: 'text/html, Content-Length 11, "Bad Request", no Date: as ws refuses a path',
          fixes: [
            {
              title: 'Node (ws): take this path',
              language: 'javascript',
              snippet: `new WebSocketServer({ server, path: ${JSON.stringify(quoteText(pathOf(evidence), 100))} });`,
            },
          ],
        }
      : null,
  ({ status, header, response, evidence }) =>
    status === 403 && response.body.bytes === 0 && /^uvicorn/i.test(header('server'))
      ? {
          id: 'upgrade.forbidden',
          title: `The application under uvicorn did not accept the WebSocket: no route at ${quoteText(pathOf(evidence), 100)}, or its code refused (403)`,
          why: 'uvicorn answers an empty 403 whenever the application (Starlette, FastAPI, Django) closes a WebSocket before it accepts it. Starlette and FastAPI do so for every path without a websocket route; a trailing slash or a prefix makes another path.',
          sign: 'an empty 403 with server: uvicorn',
          fixes: [
            {
              title: 'FastAPI: a route at this path',
              language: 'python',
              snippet: `@app.websocket(${JSON.stringify(quoteText(pathOf(evidence), 100))})\nasync def endpoint(websocket: WebSocket):\n    await websocket.accept()`,
            },
          ],
        }
      : null,
  ({ text, header, status }) =>
    status >= 400 &&
    (text === 'Unsupported upgrade request.' ||
      (status === 404 &&
        text === '{"detail":"Not Found"}' &&
        /^uvicorn/i.test(header('server')) &&
        header('via') === ''))
      ? {
          id: status === 404 ? 'upgrade.not-found' : 'upgrade.bad-request',
          title:
            'uvicorn took the WebSocket for plain HTTP: it has no WebSocket library, or the upgrade was lost before it',
          why: 'With a library (websockets or wsproto) uvicorn never lets an upgrade reach the HTTP side of the application, and refuses unknown paths with 403. Without one its log says "No supported WebSocket library detected".',
          sign:
            text === 'Unsupported upgrade request.'
              ? `the body "${text}"`
              : '404 {"detail":"Not Found"} with server: uvicorn',
          fixes: [shellFix('Where uvicorn runs', "pip install 'uvicorn[standard]'")],
        }
      : null,
  ({ status, text, header, evidence }) => {
    if (status !== 404 || text !== 'Page not found' || !/^text\/plain/i.test(header('content-type'))) return null;
    const origin = sentHeader(evidence, 'origin');
    const own = ownOrigin(evidence.plan);
    const listed = origin !== null && /^[\w.:/[\]-]+$/.test(origin) ? origin : own;
    return {
      id: 'upgrade.origin-refused',
      title: `Action Cable (Rails) refused ${origin === null ? 'a request without an Origin' : `the Origin ${quoteText(origin, 100)}`}: its 404 "Page not found" means that`,
      why: 'Action Cable answers a good upgrade with 404 "Page not found" where the Origin is not on its list. The path is right.',
      sign: 'text/plain "Page not found", as Action Cable answers',
      fixes: [
        ...(origin === own ? [] : [profileFix('Send the origin of its own pages (profile)', { origin: own })]),
        {
          title: 'Rails Action Cable: allow the origin',
          language: 'ruby',
          snippet: `config.action_cable.allowed_request_origins = ["${listed}"]`,
        },
      ],
    };
  },
  ({ status, text, evidence, response }) =>
    status === 400 && text === 'Connection ID required'
      ? {
          id: 'upgrade.bad-request',
          title: `SignalR wants the connection id that its negotiation gives out: ${statusWords(response)}, "Connection ID required"`,
          why: 'A SignalR client first asks POST …/negotiate, then connects with ?id= and the token of that answer.',
          sign: 'the body "Connection ID required"',
          fixes: [
            shellFix('Negotiate', [
              'curl',
              '-X',
              'POST',
              `${evidence.secure ? 'https' : 'http'}://${hostPort(evidence)}${pathOf(evidence).replace(/\/+$/, '')}/negotiate?negotiateVersion=1`,
            ]),
          ],
        }
      : null,
  ({ status, text, evidence, response }) =>
    status === 400 && text === 'WebSockets request was expected'
      ? {
          id: 'upgrade.not-found',
          title: `The Node inspector has no target at ${quoteText(pathOf(evidence), 100)}: ${statusWords(response)}`,
          why: 'The inspector takes WebSockets only at the id of a target, which changes with every start. Its list names the address.',
          sign: 'the body "WebSockets request was expected"',
          fixes: [
            shellFix('Ask for the address (webSocketDebuggerUrl)', [
              ...curl(evidence).slice(0, -1),
              `${evidence.secure ? 'https' : 'http'}://${hostPort(evidence)}/json/list`,
            ]),
          ],
        }
      : null,
  ({ text, response }) =>
    /^Host header is specified and is not an IP address or localhost\.?$/.test(text)
      ? {
          id: 'upgrade.server-error',
          title: `Chromium's debugger wants an IP address or "localhost" in the Host header (${statusWords(response)})`,
          why: 'The debugging port refuses other names, so that no web page can reach it by a name of its own.',
          sign: `the body "${quoteText(text, 90)}"`,
          fixes: [textFix('Ask by address', 'Put the IP address of the machine, or localhost, in place of the name.')],
        }
      : null,
  ({ status, text, evidence }) =>
    status === 403 && /^Rejected an incoming WebSocket connection from the \S{1,200} origin/.test(text)
      ? {
          id: 'upgrade.origin-refused',
          title: `Chromium's debugger refused the Origin ${quoteText(sentHeader(evidence, 'origin') ?? '', 100)}: it takes none, or those it was started with`,
          why: 'The debugging port takes connections without an Origin, and origins that --remote-allow-origins lists.',
          sign: '"Rejected an incoming WebSocket connection" in the body',
          fixes: [
            shellFix('Or start Chromium so', [
              'chromium',
              `--remote-allow-origins=${quoteText(sentHeader(evidence, 'origin') ?? '*', 100)}`,
            ]),
          ],
        }
      : null,
];
