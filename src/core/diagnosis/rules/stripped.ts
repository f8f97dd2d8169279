import type { Finding, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { readableText, headerOf, isHttp2, refusalOf, responseEvidence, sentHeader, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { couldDropUpgrade, identifyServers, type Software } from '../identifyServer.js';
import { knownAnswer } from '../knownAnswers.js';
import { serverWords } from '../serverWords.js';
import { upgradeFixes } from '../snippets/proxy.js';
import { labFix, textFix } from '../snippets/shell.js';
import { told } from './refused.js';

/** What WebSocket servers and frameworks say when the headers of an upgrade are not there. */
const missingHeaderWords = new RegExp(
  [
    /(missing|invalid|no|without|lacks?|bad)\b.{0,30}\b(upgrade|connection|sec-websocket-(key|version))\b.{0,20}\b(header|hdr)/,
    /(missing|invalid|no)\b.{0,20}\bsec-websocket-(key|version)\b/,
    /\b(upgrade|connection|sec-websocket-(key|version))\b.{0,10}\bheader\b.{0,20}(missing|invalid|does not contain|not found|required)/,
    /'(upgrade|websocket)' token not found|not using the websocket protocol|not a websocket (handshake|request|upgrade)/,
    /can "upgrade" only to "websocket"|"connection" must be "upgrade"|no websocket upgrade hdr|need a websocket client/,
    /(websocket|upgrade) (upgrade|connection|request|handshake)s? (is |are )?(required|expected|only)|\bexpect(s|ed|ing)?:? (an? )?(upgrade: ?)?websockets?\b(?! ?(sub)?-?protocol)/,
    /\b(must|has to|needs? to) (provide|send|include|contain|have) (an? |the )?(value for )?(the )?sec-websocket-(key|version)\b/,
    /\b(missing|invalid) request header\W{1,3}(upgrade|connection|sec-websocket-(key|version))\b/,
    /\b(only|must|requires?|needs?|accepts? only)\b.{0,30}\b(be )?(an? |via |over |through |by )?websockets? ?(connections?|upgrades?|requests?|clients?|handshakes?|protocol)?$/,
    /\bnot an? (valid )?(websocket|upgrade)\b( (request|connection|handshake|upgrade))?/,
    // To HTTP/1.0, which nginx speaks to servers behind it unless it is told not to: ours was HTTP/1.1.
    /did not receive a valid http request/,
    /\bonly (ws|web ?sockets?) (connections?|upgrades?|requests?|handshakes?)\b|\bnot websocket protocol\b/,
    /invalid websocket upgrade|\bthis is an? (raw )?websocket (route|endpoint|server|service|port)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** An answer that only makes sense if the request arrived without `Upgrade` or `Connection`. */
export const headersStripped: Rule = {
  ids: ['upgrade.headers-stripped'],
  diagnose: (evidence) => {
    const response = refusalOf(evidence);
    if (!response || isHttp2(evidence)) return null;
    const known = knownAnswer(response, evidence);
    if (known) return known.id === 'upgrade.headers-stripped' ? told(known, response) : null;
    const software = identifyServers(response);
    const sign = signOf(evidence, response, software);
    if (sign === null) return null;
    const proxy = software.find(({ intermediary }) => intermediary) ?? null;
    const key = lostOfWebSocket(response);
    return key === null
      ? upgradeLost(evidence, response, { proxy, software, sign })
      : keyLost(evidence, response, { proxy, key, sign });
  },
};

interface Told {
  readonly proxy: Software | null;
  readonly sign: string;
}

function upgradeLost(
  evidence: Evidence,
  response: ResponseInfo,
  { proxy, software, sign }: Told & { readonly software: readonly Software[] },
): Finding {
  return finding('upgrade.headers-stripped', {
    title: proxy
      ? `${proxy.name} between here and the WebSocket server removed the Upgrade header: the answer is ${statusWords(response)}`
      : `The server did not see the upgrade that was asked for: the answer is ${statusWords(response)}`,
    explanation: `wsprobe sent "Upgrade: websocket" and "Connection: Upgrade", but the server behind answered as if they had not been there. Both are hop-by-hop headers: a proxy drops them unless it is told to pass them on.${proxy ? '' : ' Where no proxy is, the server was started without what takes upgrades (gevent without its WebSocketHandler, a WSGI server).'} ${sign}`,
    evidence: ['Sent: Upgrade: websocket, Connection: Upgrade', ...responseEvidence(response)],
    fixes: isWsgi(response) ? [takesUpgrades] : upgradeFixes(evidence, software),
  });
}

/** No server of this kind has an upgrade to hand on, whatever stands before it. */
const isWsgi = (response: ResponseInfo) =>
  /^(WSGIServer|waitress|CherryPy)\b/i.test(headerOf(response.headers, 'server') ?? '');

const takesUpgrades = textFix(
  'On the server',
  'Run it under a server that takes upgrades: gevent with its WebSocketHandler, or one of ASGI for a framework that speaks that.',
);

/** The upgrade arrived, and a header that goes with it did not, or not as the server looks for it. */
function keyLost(
  evidence: Evidence,
  response: ResponseInfo,
  { proxy, key, sign }: Told & { readonly key: string },
): Finding {
  const sent = sentHeader(evidence, key);
  return finding('upgrade.headers-stripped', {
    title: `The server did not see the ${key} header that was sent${proxy ? `, behind ${proxy.name}` : ''}: the answer is ${statusWords(response)}`,
    explanation: `Every opening handshake carries ${key}, and the server says that it is not there. Something on the way keeps headers to itself that it does not know, or the server looks for the name letter by letter: names of headers are the same in any case (RFC 9110 5.1). ${sign}`,
    evidence: [`Sent: ${key}${sent === null ? '' : `: ${quoteText(sent, 60)}`}`, ...responseEvidence(response)],
    fixes: [
      labFix(evidence),
      textFix(
        'On the way, and on the server',
        'A proxy passes every header on that begins with Sec-WebSocket-, whatever it does with Upgrade.',
        'A server compares names of headers without regard to case: sec-websocket-key is Sec-WebSocket-Key.',
      ),
    ],
  });
}

/** The words of the answer first: a header may hold them, and JSON around them is none. */
const saidIn = (response: ResponseInfo) => `${serverWords(response) ?? ''}\n${readableText(response)}`;

/** The header of the opening handshake that the answer names as missing, if it is not one of the upgrade itself. */
function lostOfWebSocket(response: ResponseInfo): string | null {
  const said = missingHeaderWords.exec(saidIn(response))?.[0] ?? '';
  if (/\bupgrade\b/i.test(said)) return null;
  const name = /sec-websocket-(key|version)/i.exec(said)?.[1];
  return name === undefined ? null : `Sec-WebSocket-${name[0]!.toUpperCase()}${name.slice(1).toLowerCase()}`;
}

function signOf(evidence: Evidence, response: ResponseInfo, software: readonly Software[]): string | null {
  const body = saidIn(response);
  const proxied = software.some(({ intermediary }) => intermediary);
  if (response.status === 426) return upgradeRequired(response, body, proxied);
  if (takesWords.has(response.status) && missingHeaderWords.test(body)) {
    const said = missingHeaderWords.exec(body)?.[0] ?? '';
    return `The body says so: "${quoteText(said, 100)}".${/^invalid\b.*\bconnection\b/i.test(said) ? ' A value of its own, as proxies put there ("close"), is as good as none; so is ours to a server that compares it letter by letter.' : ''}`;
  }
  const behind = software.find(({ intermediary }) => !intermediary);
  if (couldDropUpgrade(software) && behind && (response.status === 200 || response.status === 404)) {
    return `${behind.name} behind the proxy took it for a plain ${evidence.report.request?.method ?? 'GET'}.`;
  }
  if (couldDropUpgrade(software) && response.status === 404 && /(?:^|>)[ \t]{0,40}Cannot GET \//m.test(body)) {
    return 'The application behind the proxy took it for a plain GET.';
  }
  return null;
}

/** What frameworks answer a request that is no upgrade with, beside 426. */
const takesWords = new Set([400, 404, 405, 406, 415, 500, 501]);

function upgradeRequired(response: ResponseInfo, body: string, proxied: boolean): string | null {
  const versions = headerOf(response.headers, 'sec-websocket-version');
  if (versions !== null && !/\b13\b/.test(versions)) return null;
  const wanted = headerOf(response.headers, 'upgrade');
  if (wanted !== null && !/websocket/i.test(wanted)) return null;
  const said = /upgrade required/i.test(body) || missingHeaderWords.test(body);
  return proxied || said ? 'A WebSocket server answers 426 only to a request without an upgrade.' : null;
}
