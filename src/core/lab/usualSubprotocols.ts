import type { Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { wordsOf } from './usualPaths.js';

const BY_SIGN: readonly (readonly [sign: RegExp, tokens: readonly string[]])[] = [
  [/graphql|apollo|hasura|subscription/i, ['graphql-transport-ws', 'graphql-ws']],
  [/mqtt|mosquitto|emqx|hivemq|^:(9001|8083|8084|8884)$/im, ['mqtt', 'mqttv3.1']],
  [/actioncable|\/cable\b/i, ['actioncable-v1-json']],
  [/stomp|rabbitmq|activemq/i, ['v12.stomp', 'v11.stomp']],
  [/\bwamp\b|crossbar|autobahn/i, ['wamp.2.json']],
  [/ocpp|steve/i, ['ocpp2.0.1', 'ocpp1.6']],
  [/\bxmpp\b/i, ['xmpp']],
  [/\bsip\b|kamailio|asterisk/i, ['sip']],
  [/kubernetes|\/(exec|attach|portforward)\b/i, ['v5.channel.k8s.io', 'v4.channel.k8s.io']],
  [/websockify|novnc|\bvnc\b/i, ['binary']],
  [/ttyd/i, ['tty']],
  [/janus|^:(8188|8989)$/im, ['janus-protocol']],
];

const TOKEN = /^[!#$%&'*+.^_`|~\w-]{1,60}$/;
const MAX_TOKENS = 4;

/** Subprotocols that the answer lists or that go with what is spoken there, and were not offered. */
export function usualSubprotocols(plan: ProbePlan, report: Report): readonly string[] {
  const { pathname, port } = new URL(plan.url);
  const said = [wordsOf(report), report.close?.reason ?? '', report.error?.message ?? '', pathname, `:${port}`].join(
    '\n',
  );
  const listed = (report.response?.headers ?? [])
    .filter(([name]) => /^sec-websocket-protocol$/i.test(name))
    .flatMap(([, value]) => value.split(','))
    .map((token) => token.trim())
    .filter((token) => TOKEN.test(token));
  const known = BY_SIGN.flatMap(([sign, tokens]) => (sign.test(said) ? tokens : []));
  const found = [...new Set([...listed, ...known])].filter((token) => !plan.subprotocols.includes(token));
  return found.slice(0, MAX_TOKENS);
}
