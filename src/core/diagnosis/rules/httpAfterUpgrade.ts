import type { Evidence } from '../../base/evidence.js';
import type { Fix, Layer } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { asciiOf } from '../facts.js';
import { identifyServers } from '../identifyServer.js';
import { engineIoFix } from '../knownNode.js';
import { upgradeFixes } from '../snippets/proxy.js';
import { onServer, textFix } from '../snippets/shell.js';

interface Story {
  readonly layer?: Layer;
  readonly title: string;
  readonly explanation: string;
  readonly fixes: readonly Fix[];
}

/** HTTP behind a 101: somebody else answered the upgrade as well, or a proxy talks plain HTTP to what stands behind it. */
export function httpAfterUpgrade(evidence: Evidence): Story {
  const text = textAfterUpgrade(evidence);
  const status = /^HTTP\/1\.\d (\d{3})([^\r\n]*)/.exec(text);
  if (!status) return byProxy(evidence, text.trimStart().startsWith('<') ? 'a web page' : 'HTTP');
  if (isOldEngineIo(text)) return byOldEngineIo(evidence);
  const words = quoteText(`${status[1]}${status[2]}`, 60);
  return isOfAnotherHandler(Number(status[1]), text) ? byTwoHandlers(text, words) : byProxy(evidence, `"${words}"`);
}

/** What came in the place of frames, as far as it is known: the beginning of the stream, or that of the violation. */
function textAfterUpgrade({ stream }: Evidence): string {
  const { violation, firstBytes } = stream;
  const begun = Buffer.from(firstBytes).toString('latin1');
  const end = begun.startsWith('HTTP/1.1 101') ? begun.indexOf('\r\n\r\n') : -1;
  const kept = end === -1 ? '' : begun.slice(end + 4 + (violation?.wireOffset ?? 0));
  const shown = asciiOf(Buffer.from((violation?.hex ?? '').replace(/[^0-9a-f]/gi, ''), 'hex'));
  const text = kept.length > shown.length ? kept : shown;
  return text.replace(/^[\r\n\t ]+/, '');
}

/**
 * Handlers of upgrades write their refusals by hand: no Date and no Server, which a web server and what it answers always have.
 * A second 101 can come from nobody else.
 */
function isOfAnotherHandler(status: number, text: string): boolean {
  if (status === 101) return true;
  const head = text.split('\r\n\r\n')[0] ?? '';
  return status >= 400 && status < 500 && !/^(date|server|via|x-powered-by):/im.test(head);
}

/** Engine.IO upgrades first and writes its refusal as HTTP after the 101, where the version in the query is not its own. */
function isOldEngineIo(text: string): boolean {
  return text.startsWith('HTTP/1.1 400 Bad Request\r\n') && text.endsWith('Unsupported protocol version');
}

function byOldEngineIo({ plan }: Evidence): Story {
  return {
    layer: 'application',
    title:
      'Socket.IO does not take this version of its protocol: after the 101 it wrote 400 "Unsupported protocol version"',
    explanation:
      'The query says EIO=3, or nothing, and the server is of version 3 or newer, which speaks EIO=4 (its option allowEIO3 lets older clients in). It upgrades before it looks, so the refusal comes as HTTP where frames should be.',
    fixes: [engineIoFix(plan.url)].filter((fix) => fix !== null),
  };
}

const oneHandler: Fix = {
  title: 'Node: one handler of upgrades, which chooses by path',
  language: 'javascript',
  snippet: `const chat = new WebSocketServer({ noServer: true });
const feed = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const target = { '/chat': chat, '/feed': feed }[pathname];
  if (target) target.handleUpgrade(request, socket, head, (ws) => target.emit('connection', ws, request));
  else socket.destroy();
});`,
};

function byTwoHandlers(text: string, words: string): Story {
  const second = text.startsWith('HTTP/1.1 101') || text.startsWith('HTTP/1.0 101');
  const engineIo = /\{"code":[0-5],"message":|transport unknown/i.test(text);
  const isWs = text.endsWith('\r\nContent-Length: 11\r\n\r\nBad Request');
  const who = engineIo ? ' (Engine.IO, by its body)' : isWs ? ' (ws, by its bytes)' : '';
  return {
    layer: 'application',
    title: second
      ? 'Two upgrade handlers of the server accepted the same connection: a second 101 came after the first'
      : `Two upgrade handlers of the server answered: one with 101, another one${who} with ${words}`,
    explanation:
      'Every handler of upgrades on an HTTP server sees every upgrade. One opened the WebSocket, and another, whose path it is not, wrote its refusal into the open connection: two WebSocket servers on one HTTP server do this to each other, or one and Socket.IO.',
    fixes: [
      who === '' ? onServer('Let one handler take all upgrades, and choose by the path.') : oneHandler,
      engineIo &&
        textFix(
          'Socket.IO beside it',
          'Give Socket.IO its own "path", and make the other server with noServer, so that it takes no upgrade of that path.',
        ),
    ].filter((fix) => fix !== false),
  };
}

function byProxy(evidence: Evidence, what: string): Story {
  const { response } = evidence.report;
  return {
    title: `The server answered 101 and then went on with ${what} instead of WebSocket frames`,
    explanation:
      'What follows the handshake is a web page or an answer of HTTP. Something before the server, a proxy most often, upgraded the connection to the client and spoke plain HTTP to what stands behind it.',
    fixes: upgradeFixes(evidence, response ? identifyServers(response) : []),
  };
}
