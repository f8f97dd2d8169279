import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { attemptLines, failedIn, formatMs, hostPort, phaseTime, placeOf } from '../facts.js';
import { finding } from '../finding.js';
import { bypassFix, describeRoute, otherSchemeFix } from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix } from '../snippets/shell.js';
import { resolverCodes } from './dns.js';
import { isExhausted } from './tcp.js';

/** The proxy itself: not there, or gone before it answered. */
export const proxyRefused: Rule = {
  ids: ['proxy.refused'],
  diagnose: (evidence) => {
    const { plan } = evidence;
    if (!plan.proxy || isExhausted(evidence.failure)) return null;
    const unreached =
      failedIn(evidence, 'dns', 'error', 'timeout') ?? failedIn(evidence, 'tcp', 'error', 'timeout', 'reset', 'end');
    if (unreached) return refused(evidence, unreachedWords(evidence));
    const hungUp = failedIn(evidence, 'proxy', 'end', 'reset', 'error');
    if (!hungUp || isTlsTrouble(hungUp.message, hungUp.code) || resolverCodes.has(hungUp.code ?? '')) return null;
    const how = hungUp.kind === 'end' ? 'closed' : 'reset';
    if (plan.proxy.kind.startsWith('socks') && hungUp.message.includes('in the middle of its answer'))
      return lostTarget(evidence, hungUp.message);
    return refused(evidence, {
      title: `The proxy ${placeOf(evidence)} ${how} the connection before it had answered`,
      why: 'It took the connection and hung up when it was asked for a tunnel. Proxies do this to clients they do not know, to targets they do not allow, and when they are asked in another protocol than theirs (HTTP instead of SOCKS, or plain instead of TLS).',
    });
  },
};

/** It greeted in SOCKS, so it speaks that, and it had nothing against the client. */
function lostTarget(evidence: Evidence, message: string): Finding {
  const target = hostPort(evidence);
  return finding('proxy.refused', {
    title: `The SOCKS proxy ${placeOf(evidence)} took the client, and hung up when it was asked for ${target}: it cannot reach that, or does not allow it, as it seems`,
    explanation:
      'Its greeting came, and in place of the answer to the request for a tunnel the connection ended. "ssh -D" does so where nothing listens at the target, or its server may not forward there, and says it in its own log alone ("open failed").',
    evidence: [
      evidence.plan.proxy && `Proxy: ${describeRoute(evidence.plan.proxy)}`,
      quoteText(message, 200),
      phaseTime(evidence, 'proxy'),
    ],
    fixes: [
      shellFix('From the machine that the proxy connects from: is the server there?', [
        'nc',
        '-vz',
        evidence.host,
        String(evidence.port),
      ]),
      bypassFix(evidence),
    ],
  });
}

/** A TLS handshake with an `https:` proxy that broke by its words, not by a hang-up. */
export function isTlsTrouble(message: string, code: string | null): boolean {
  return /SSL|TLS|EPROTO|wrong.version/i.test(`${code ?? ''} ${message}`) && !/^(ECONNRESET|EPIPE)$/.test(code ?? '');
}

function unreachedWords(evidence: Evidence): Words {
  const dns = evidence.failure?.phase === 'dns';
  return {
    title: dns
      ? `The name of the proxy ${placeOf(evidence)} leads nowhere, so nothing was asked of the server`
      : `The proxy ${placeOf(evidence)} cannot be reached, so nothing was asked of the server`,
    why: 'The connection leaves through a proxy, and the way to that proxy is already broken. It is switched off, its address is out of date, or it exists only in another network (office, VPN).',
  };
}

interface Words {
  readonly title: string;
  readonly why: string;
}

function refused(evidence: Evidence, { title, why }: Words): Finding {
  const { failure, plan } = evidence;
  return finding('proxy.refused', {
    title,
    explanation: `${why} The server behind it may be well.`,
    evidence: [
      plan.proxy && `Proxy: ${describeRoute(plan.proxy)}`,
      failure?.code && `System error: ${quoteText(failure.code, 60)}`,
      quoteText(failure?.message ?? '', 200),
      ...attemptLines(evidence),
      phaseTime(evidence, 'proxy'),
    ],
    fixes: [
      shellFix('Is the proxy there?', [
        'nc',
        '-vz',
        plan.proxy?.host ?? 'proxy.example.com',
        String(plan.proxy?.port ?? 3128),
      ]),
      ...(failure?.phase === 'proxy' ? otherSchemes(evidence) : []),
      bypassFix(evidence),
    ],
  });
}

/** A proxy that hangs up at once may only have been asked in the wrong language. */
function otherSchemes(evidence: Evidence): readonly Fix[] {
  const others = {
    http: ['https', 'socks5'],
    https: ['http'],
    socks4: ['socks5'],
    socks4a: ['socks5'],
    socks5: ['http'],
  };
  return others[evidence.plan.proxy?.kind ?? 'http'].map((scheme) => otherSchemeFix(evidence, scheme));
}

/** The proxy took the request for a tunnel and said nothing until our deadline. */
export const proxyTimeout: Rule = {
  ids: ['proxy.timeout'],
  diagnose: (evidence) => {
    if (!failedIn(evidence, 'proxy', 'timeout')) return null;
    const { connectMs } = evidence.plan.timeouts;
    return finding('proxy.timeout', {
      title: `The proxy ${placeOf(evidence)} gave no answer within ${formatMs(connectMs)}`,
      explanation:
        'The proxy took the connection but did not say whether it lets this through. It is overloaded, waits for a target that does not answer it, or expects another protocol than the one it was asked in.',
      evidence: [
        evidence.plan.proxy && `Proxy: ${describeRoute(evidence.plan.proxy)}`,
        `timeouts.connectMs: ${connectMs}`,
        quoteText(evidence.failure?.message ?? '', 200),
        phaseTime(evidence, 'proxy'),
      ],
      fixes: [
        profileFix('Wait longer (profile)', { timeouts: { connectMs: Math.max(30_000, connectMs * 2) } }),
        bypassFix(evidence),
      ],
    });
  },
};
