import type { Evidence } from '../../base/evidence.js';
import { quoteText } from '../../base/plainText.js';
import { finding } from '../finding.js';
import { logFix, labFix } from '../snippets/shell.js';
import { upgradeTime } from './hangsUp.js';

/** What a plain GET of the same address was answered tells who lost the upgrade. */
export function upgradeAlone(evidence: Evidence, id: 'upgrade.closed' | 'upgrade.timeout', what: string) {
  const asked = /^GET (\S+)/.exec(evidence.report.looks?.find(({ reason }) => reason === 'get')?.request ?? '')?.[1];
  const path = quoteText(asked ?? '/', 100);
  const [, status = '', reason = ''] = /^HTTP\/\S+ (\d{3}) ?(.*)$/.exec(evidence.stream.getAnswer ?? '') ?? [];
  const words = `${status} ${quoteText(reason, 60)}`.trim();
  const { layer, saw, why } =
    ofLibwebsockets(evidence) ?? loserOf(status, id === 'upgrade.closed' ? evidence.plan.subprotocols : null);
  return finding(id, {
    layer,
    title: `${saw(what)} (a plain GET of ${path} is answered ${words})`,
    explanation: why,
    evidence: [`Without an upgrade: ${quoteText(evidence.stream.getAnswer ?? '', 120)}`, upgradeTime(evidence)],
    fixes: [labFix(evidence), logFix(evidence)],
  });
}

interface Loser {
  readonly layer: 'application' | 'proxy';
  readonly saw: (what: string) => string;
  readonly why: string;
}

/** lws_process_ws_upgrade: no protocol of that name, and the connection is ended without an answer; so may a callback that filters. */
function ofLibwebsockets({ plan, stream }: Evidence): Loser | null {
  if (!/\b(libwebsockets|lws)\b/i.test(stream.getServer ?? '')) return null;
  const offered =
    plan.subprotocols.length === 0 ? 'none was offered' : `offered: ${quoteText(plan.subprotocols.join(', '), 80)}`;
  return {
    layer: 'application',
    saw: (what) => `libwebsockets ${what}: it has no handler for the subprotocol (${offered}), as it seems`,
    why: 'The Server header of a plain answer names libwebsockets. It chooses its handler by the subprotocol, and ends a connection that asks for none of its own without a word; many programs that are built on it (Janus: "janus-protocol") take no client without one. Its log tells which it has.',
  };
}

/** `offered`: the subprotocols that were offered to who hung up; null where it did not. */
function loserOf(status: string, offered: readonly string[] | null): Loser {
  if (/^50[234]$/.test(status))
    return {
      layer: 'proxy',
      saw: (what) => `A proxy ${what}: the server behind it cannot be reached, as it seems`,
      why: 'The same address, asked without an upgrade, is answered with the status of a gateway that gets no answer from behind. Proxies on Node (http-proxy, Vite) have a page for a request that fails and none for an upgrade: they drop it, or leave it.',
    };
  if (status === '426')
    return {
      layer: 'proxy',
      saw: (what) =>
        `A WebSocket server is there, and what stands before it ${what}: it does not pass upgrades on, as it seems`,
      why: 'The same address, asked without an upgrade, is answered 426 as WebSocket servers answer plain requests. So requests get through and upgrades do not: a proxy on Node (http-proxy-middleware, the proxies of development servers) passes them only with "ws: true", and with its upgrade handler attached to the server. A handler of upgrades that hangs looks the same.',
    };
  if (status === '405')
    return {
      layer: 'application',
      saw: (what) => `The server ${what}: it turns this client away without a word, as it seems`,
      why: 'The same address, asked without an upgrade, is answered that GET is not allowed there: so the path is known. What takes its upgrades hangs up on who misses a parameter, a token (websockify with a token plugin) or an Origin, or it fails.',
    };
  const other =
    offered === null
      ? ', or what takes them there leaves this client waiting'
      : offered.length > 0
        ? `, or none with the subprotocol ${quoteText(offered.join(', '), 60)}, or it turns this client away`
        : ', or it turns this client away';
  const nobody = /^(2|404)/.test(status)
    ? `: nothing there takes WebSockets at this path${other}, as it seems`
    : /^40[13]/.test(status)
      ? `: it lets nobody in there who asks like this${offered?.length === 0 ? ', or who offers no subprotocol (none was offered)' : ''}, as it seems`
      : '';
  const token =
    offered === null
      ? ''
      : ` libwebsockets hangs up on who offers ${offered.length === 0 ? 'no subprotocol, where the server has no default one' : 'a subprotocol that it does not have'}.`;
  return {
    layer: 'application',
    saw: (what) => `The server is up and ${what}${nobody}`,
    why: `The same address, asked without an upgrade, answers at once. Handlers of upgrades that take one path (SockJS, Primus, Faye, ws with noServer) leave others without a word, or hang up, and so on who misses a token (Rsbuild); proxies of development servers pass none on unless told to (ws: true), and drop them where the target is gone; or the handler hangs or fails.${token}`,
  };
}
