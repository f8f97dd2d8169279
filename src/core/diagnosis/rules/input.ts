import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { finding } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { profileExample } from '../snippets/profile.js';
import { shellFix, textFix } from '../snippets/shell.js';

const explanations = {
  'profile.invalid-url': {
    explanation:
      'Nothing was sent: the address is not one a WebSocket can be opened to. It needs the scheme ws: or wss:, a host, a port up to 65535 and no fragment.',
    fix: textFix(
      'What an address is made of',
      'ws:// or wss://, the host, a colon and the port unless it is 80 or 443, the path.',
    ),
  },
  'profile.invalid-header': {
    explanation:
      'Nothing was sent: a header name may hold only letters, digits and a few signs, and a value may hold no line break, no NUL and no character outside latin1. Such a header would let its text become another header.',
    fix: profileExample('A valid header (profile)', {
      headers: { 'X-Name': 'plain value, percent-encoded where needed' },
    }),
  },
  'profile.invalid-subprotocol': {
    explanation:
      'Nothing was sent: a subprotocol is a token (RFC 6455 4.1): no spaces, no separators, not empty, and each one offered once.',
    fix: profileExample('Valid subprotocols (profile)', { subprotocols: ['graphql-transport-ws'] }),
  },
  'profile.unreadable-file': {
    explanation:
      'A file that the profile names could not be read, so the connection was not tried as the profile means it. Paths in a profile start from its folder, those on a command line from where it runs.',
    fix: profileExample('Name files beside the profile', { tls: { ca: ['./ca.pem'] } }),
  },
  'profile.invalid-payload': {
    explanation:
      'Nothing was sent: a message that the profile says cannot be written in the format it names, because a field is missing, is of another type or is unknown there.',
    fix: textFix(
      'What a message is made of',
      'protobuf: the fields of its type in the schema, 64-bit integers as texts of digits.',
      'mqtt: a packet as mqtt-packet names its fields; subscribe, unsubscribe and publish with qos 1 or 2 need messageId.',
    ),
  },
  'profile.invalid-certificate': {
    explanation:
      'The certificate or key of the profile cannot be used: the two do not belong together, the passphrase is wrong, or a file is not in PEM (tls.pfx: PKCS #12). Nothing is known about the server yet.',
    fix: shellFix(
      'Do certificate and key belong together? (the two lines must be the same)',
      'openssl x509 -in client.pem -noout -pubkey | openssl sha256',
      'openssl pkey -in client.key -pubout | openssl sha256',
    ),
  },
} as const;

/** For the key of the profile that the failure names. */
const fileFixes: Readonly<Record<string, Readonly<Record<string, Fix>>>> = {
  'profile.unreadable-file': {
    cert: profileExample('Name the file by its path from the profile', { tls: { cert: './client.pem' } }),
    key: profileExample('Name the file by its path from the profile', { tls: { key: './client.key' } }),
    pfx: profileExample('Name the file by its path from the profile', { tls: { pfx: './client.p12' } }),
  },
  'profile.invalid-certificate': {
    ca: shellFix('Is it a certificate?', 'openssl x509 -in ca.pem -noout -subject -issuer -dates'),
    passphrase: shellFix(
      'Does the passphrase open it? (asks for it)',
      'openssl pkey -in client.key -noout',
      'openssl pkcs12 -in client.p12 -info -noout',
    ),
    pfx: shellFix('What does it hold? (asks for the passphrase)', 'openssl pkcs12 -in client.p12 -info -noout'),
  },
};

const aboutProxy = {
  explanation:
    'Nothing was asked of the proxy: its address or credentials, or the address of the server, cannot be written in the protocol that the proxy is spoken to in.',
  fix: textFix(
    'What the address of a proxy is made of',
    'http://, https://, socks4://, socks4a:// or socks5://, user name, colon, password and @ where it wants them, the host, a colon and the port.',
  ),
};

/** Input refused before a socket existed; the failure's code is the finding's id. */
export const input: Rule = {
  ids: Object.keys(explanations),
  diagnose: ({ failure }: Evidence) => {
    if (failure?.kind !== 'input') return null;
    const id: FindingId = isKnown(failure.code) ? failure.code : idOf(`${failure.code ?? ''} ${failure.message}`);
    const said = quoteText(failure.message, 280);
    const { explanation, fix } = failure.phase === 'proxy' ? aboutProxy : explanations[id];
    const key = /^`tls\.(ca|cert|key|passphrase|pfx)`/.exec(failure.message)?.[1] ?? '';
    return finding(id, {
      title: said.length > 12 ? said : `The profile cannot be used as it is: ${said || 'it was refused'}`,
      explanation,
      evidence: [failure.code && `Code: ${failure.code}`, failure.message],
      fixes: [fileFixes[id]?.[key] ?? fix],
    });
  },
};

function isKnown(code: string | null): code is keyof typeof explanations {
  return code !== null && Object.hasOwn(explanations, code);
}

/** Input that Node or `ws` refused by an error of theirs. */
function idOf(words: string): keyof typeof explanations {
  if (/subprotocol/i.test(words)) return 'profile.invalid-subprotocol';
  return /header|ERR_INVALID_CHAR|ERR_INVALID_HTTP_TOKEN/i.test(words)
    ? 'profile.invalid-header'
    : 'profile.invalid-url';
}
