import { quoteText } from '../../base/plainText.js';
import { CLEAR_TEXT_IN_TLS } from '../../base/tlsWords.js';
import type { Evidence, Failure, Rule } from '../../base/evidence.js';
import type { ResponseInfo } from '../../base/model.js';
import { asciiOf, failedIn, hexOf, hostPort, phaseTime, refusalOf, responseEvidence, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { profileFix, withScheme } from '../snippets/profile.js';
import { labFix, onServer, shellFix, textFix } from '../snippets/shell.js';
import { inWords } from '../serverWords.js';
import { tlsWordsInHttp } from '../tlsWordsInHttp.js';
import { complainsOfPlainText, wantsTls } from '../wantsTls.js';
import { answeredInTunnel, plainPort } from './plainPort.js';
import {
  brokenHandshake,
  hasClientCertificate,
  noSharedCipher,
  sniLine,
  sniOf,
  unrecognizedName,
  weakHandshake,
} from './tlsAlerts.js';
import { isPlainPort } from './tlsSilent.js';

/** Words of OpenSSL and BoringSSL alike: "_" and " " are the same, numbers differ and are never matched. */
const words: readonly (readonly [pattern: RegExp, id: FindingId])[] = [
  [CLEAR_TEXT_IN_TLS, 'tls.plain-port'],
  [/certificate.required/i, 'tls.client-certificate-required'],
  [
    /alert.((bad|unsupported).certificate|unknown.ca|certificate.(unknown|expired|revoked)|access.denied)/i,
    'tls.client-certificate-refused',
  ],
  [/no.application.protocol/i, 'tls.alpn'],
  [/unrecognized.name/i, 'tls.unrecognized-name'],
  [/(ee|ca).key.too.(small|weak)|(ca|ee).md.too.weak/i, 'tls.weak-certificate'],
  [
    /protocol.version|unsupported.protocol|version.too.low|no.protocols.available|inappropriate.fallback/i,
    'tls.version',
  ],
  [
    /handshake.failure|no.shared.cipher|no.ciphers|insufficient.security|dh.key.too.(small|weak)|no.suitable/i,
    'tls.no-shared-cipher',
  ],
];

/** The TLS handshake did not come about. */
export const tlsHandshake: Rule = {
  ids: [
    'tls.plain-port',
    'tls.closed',
    'tls.unrecognized-name',
    'tls.weak-certificate',
    'tls.version',
    'tls.alpn',
    'tls.no-shared-cipher',
    'tls.client-certificate-required',
    'tls.client-certificate-refused',
  ],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'tls', 'error', 'end', 'reset', 'not-http', 'malformed') ?? lateAlert(evidence);
    if (!failure || isPlainPort(evidence) || answeredInTunnel(evidence)) return null;
    const id = /^(HTTP\/|SSH-|220 )/.test(asciiOf(evidence.stream.firstBytes, 16))
      ? 'tls.plain-port'
      : failure.kind === 'error'
        ? idOf(failure)
        : undefined;
    // Without a certificate of ours these alerts can only be about its absence.
    const certain = id === 'tls.client-certificate-refused' && !hasClientCertificate(evidence) ? REQUIRED : id;
    const seen = [
      failure.code && `TLS error: ${failure.code}`,
      quoteText(failure.message, 300),
      evidence.stream.firstBytes.length > 0 && `First bytes received: ${hexOf(evidence.stream.firstBytes)}`,
      phaseTime(evidence, 'tls'),
    ];
    return texts[certain ?? 'tls.closed']!(evidence, seen);
  },
};

const REQUIRED = 'tls.client-certificate-required';

/** TLS 1.3 refuses a client after its own handshake: the alert comes in the middle of the upgrade. */
export function lateAlert(evidence: Evidence): Failure | null {
  const failure = failedIn(evidence, 'upgrade', 'error', 'reset');
  if (!failure || !isOfTls(evidence, failure)) return null;
  // A port that has finished a TLS handshake is no plain one, and who has begun to answer lets the client in.
  if (idOf(failure) === 'tls.plain-port' || evidence.stream.bytesReceived > 0) return null;
  return { ...failure, kind: 'error' };
}

export function isOfTls({ secure }: Evidence, { code, message }: Failure): boolean {
  return secure && /ERR_SSL_|SSL routines|alert/i.test(`${code ?? ''} ${message}`);
}

function idOf({ code, message }: Failure): FindingId | undefined {
  return words.find(([pattern]) => pattern.test(`${code ?? ''} ${message}`))?.[1];
}

/** Servers that let TLS come about and refuse in HTTP: nginx without a good client certificate, Node without HTTP/1.1. */
export const refusedInHttp: Rule = {
  ids: [REQUIRED, 'tls.client-certificate-refused', 'tls.alpn'],
  diagnose: (evidence) => {
    const response = refusalOf(evidence);
    const id = response ? tlsWordsInHttp(response, evidence) : undefined;
    return response && id ? texts[id]!(evidence, responseEvidence(response)) : null;
  },
};

type Seen = readonly (string | null | false)[];

const look = (evidence: Evidence) =>
  shellFix('See the TLS handshake for yourself', [
    'openssl',
    's_client',
    '-connect',
    hostPort(evidence),
    ...(sniOf(evidence) === null ? [] : ['-servername', sniOf(evidence)!]),
  ]);

const texts: Partial<Record<FindingId, (evidence: Evidence, seen: Seen) => ReturnType<typeof finding>>> = {
  'tls.plain-port': (evidence, seen) => plainPort(evidence, seen, look(evidence)),
  'tls.version': (evidence, seen) =>
    finding('tls.version', {
      title: 'Server and client have no TLS version in common',
      explanation:
        evidence.plan.tls.minVersion === 'TLSv1.3'
          ? 'The client was told to accept only TLS 1.3, and the server refused it: most often it knows TLS 1.2, which is still good. The handshake ended before a certificate was shown.'
          : 'One side speaks only versions that the other refuses; most often the server knows only TLS 1.0 or 1.1. The handshake ended before a certificate was shown.',
      evidence: [
        ...seen,
        evidence.plan.tls.minVersion && `The profile asks for at least ${evidence.plan.tls.minVersion}`,
      ],
      fixes: [
        onServer('Let it offer TLS 1.2 and TLS 1.3.'),
        evidence.plan.tls.minVersion === 'TLSv1.3'
          ? profileFix('Accept TLS 1.2 too (profile)', { tls: { minVersion: 'TLSv1.2' } })
          : profileFix('Allow an old version, for testing only (profile)', { tls: { minVersion: 'TLSv1' } }),
      ],
    }),
  'tls.no-shared-cipher': (evidence, seen) =>
    finding('tls.no-shared-cipher', {
      ...noSharedCipher(evidence),
      evidence: [...seen, sniLine(evidence)],
      fixes: [
        !hasClientCertificate(evidence) && clientCertificateFix,
        onServer('Let it offer TLS 1.2 and TLS 1.3 with current ciphers (HIGH:!aNULL:!MD5 in the words of OpenSSL).'),
        look(evidence),
      ],
    }),
  'tls.client-certificate-required': (evidence, seen) =>
    finding(REQUIRED, {
      title: hasClientCertificate(evidence)
        ? 'The server wants a client certificate, and that of this profile was not good enough to be sent'
        : 'The server wants a client certificate, and this profile has none',
      explanation: `The server authenticates clients by certificate (mutual TLS). With TLS 1.3 the refusal comes only after the handshake looks finished.${hasClientCertificate(evidence) ? ' The certificate of the profile has a key of a kind that the server does not take.' : ''}`,
      evidence: seen,
      fixes: [clientCertificateFix, look(evidence)],
    }),
  'tls.client-certificate-refused': (evidence, seen) =>
    finding('tls.client-certificate-refused', {
      title: `The server refused the client certificate of this profile${refusalOfCertificate(evidence)}`,
      explanation:
        'The server wants a client certificate (mutual TLS), was given one, and did not accept it. It may have expired, come from an authority the server does not trust, lack the intermediate certificates, or be made for another use than client authentication.',
      evidence: [...seen, `Client certificate: ${evidence.plan.tls.pfx === undefined ? 'tls.cert' : 'tls.pfx'}`],
      fixes: [
        shellFix(
          'Look at the certificate: dates, issuer, use',
          'openssl x509 -in client.pem -noout -subject -issuer -dates -ext extendedKeyUsage',
        ),
        profileFix('Send the chain too: the certificate first, then the intermediates (profile)', {
          tls: { cert: './client-fullchain.pem', key: './client.key', passphrase: '${secret:client-key}' },
        }),
        onServer(
          'Put the authority of this certificate among those whose clients are let in, with a depth that reaches it.',
        ),
        look(evidence),
      ],
    }),
  'tls.alpn': ({ plan, report }, seen) => {
    const choice = plan.http === '1.1' ? 'http1' : report.tls?.alpn === 'h2' ? 'http2' : 'neither';
    return finding('tls.alpn', {
      ...alpnTexts[choice],
      evidence: [
        choice === 'http2' && 'ALPN: the server chose h2, then refused http/1.1 on a second connection',
        ...seen,
        `Offered in ALPN: ${plan.http === '1.1' ? 'http/1.1' : 'h2, http/1.1'}`,
      ],
      fixes: [
        plan.http === '1.1' && profileFix('Try HTTP/2 (profile)', { http: '2' }),
        onServer('Let ALPN offer http/1.1 beside h2 (allowHTTP1 of Node, alpn_protocols of Envoy).'),
      ],
    });
  },
  'tls.unrecognized-name': (evidence, seen) => unrecognizedName(evidence, [...seen, sniLine(evidence)], look(evidence)),
  'tls.weak-certificate': (evidence, seen) => weakHandshake(evidence, seen, look(evidence)),
  'tls.closed': (evidence, seen) =>
    finding('tls.closed', {
      ...brokenHandshake(evidence),
      evidence: [...seen, sniLine(evidence)],
      fixes: [look(evidence), labFix(evidence)],
    }),
};

const alpnTexts = {
  http1: {
    title: 'The server does not speak HTTP/1.1 on this port',
    explanation:
      'The client offered "http/1.1" in ALPN and the server refused it: it speaks HTTP/2 only here. A WebSocket over HTTP/1.1 needs "http/1.1" in the list.',
  },
  http2: {
    title: 'The server speaks HTTP/2 alone on this port, and takes no WebSockets over it',
    explanation:
      'It chose HTTP/2 and did not announce extended CONNECT (RFC 8441), so wsprobe asked again for HTTP/1.1, which it refused. One of the two must be let in for a WebSocket.',
  },
  neither: {
    title: 'The server speaks neither HTTP/2 nor HTTP/1.1 on this port',
    explanation:
      'The client offered "h2" and "http/1.1" in ALPN and the server refused both: the port belongs to another protocol over TLS.',
  },
} as const;

const clientCertificateFix = profileFix('Send a client certificate (profile)', {
  tls: { cert: './client.pem', key: './client.key', passphrase: '${secret:client-key}' },
});

const alerts: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/unknown.ca/i, 'it does not know the authority that signed it'],
  [/certificate.expired/i, 'it has expired'],
  [/certificate.revoked/i, 'it was revoked'],
  [/unsupported.certificate/i, 'it is of a kind the server does not take'],
  [/access.denied/i, 'it is valid, but not allowed here'],
];

function refusalOfCertificate({ failure }: Evidence): string {
  const said = `${failure?.code ?? ''} ${failure?.message ?? ''}`;
  const words = alerts.find(([pattern]) => pattern.test(said))?.[1];
  return words ? `: ${words}` : '';
}

/** ws: to a port that speaks TLS: it answers with a TLS record, or in HTTP with the complaint itself. */
export const tlsRequired: Rule = {
  ids: ['tls.required'],
  diagnose: (evidence) => {
    const { response } = evidence.report;
    const { firstBytes } = evidence.stream;
    if (evidence.secure || evidence.failure?.phase !== 'upgrade') return null;
    const record = (firstBytes[0] === 0x15 || firstBytes[0] === 0x16) && firstBytes[1] === 0x03;
    const complaint = response !== null && complainsOfPlainText(response);
    const { answersTls } = evidence.stream;
    if (response !== null && !complaint && wantsTls(response)) return elsewhereInTls(evidence, response);
    if (!record && !complaint && !answersTls) return null;
    return finding('tls.required', {
      title: `Port ${evidence.port} speaks TLS, but the address says ws`,
      explanation:
        'The upgrade request went out in plain text to a port where the server expects a TLS handshake. Nothing is wrong with the server: the address needs the scheme wss.',
      evidence: [
        record &&
          `First bytes received: ${hexOf(firstBytes)} (a TLS ${firstBytes[0] === 0x15 ? 'alert' : 'handshake record'})`,
        answersTls && 'It hung up on plain HTTP without a byte, and answered a TLS hello on a second connection',
        ...(response ? responseEvidence(response) : []),
      ],
      fixes: [profileFix('Connect with TLS (profile)', { url: withScheme(evidence.plan.url, 'wss') })],
    });
  },
};

/** It speaks plain HTTP here, so this port is not the one. */
function elsewhereInTls(evidence: Evidence, response: ResponseInfo) {
  return finding('tls.required', {
    title: `The server takes this address over TLS only (wss): ${statusWords(response)}${inWords(response)}`,
    explanation:
      'It answered in plain HTTP that it wants to be asked over TLS. That is spoken at its port for TLS, most often another one than this, or before a proxy that takes TLS away and does not say so to the server (X-Forwarded-Proto).',
    evidence: responseEvidence(response),
    fixes: [
      evidence.port === 80 && profileFix('Connect with TLS (profile)', { url: withScheme(evidence.plan.url, 'wss') }),
      evidence.port !== 80 &&
        textFix(
          'Use its port for TLS',
          'wss:// with the port on which this server speaks TLS: 443, or what it is set to.',
        ),
    ],
  });
}
