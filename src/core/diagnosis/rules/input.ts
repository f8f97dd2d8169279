import type { Evidence, Rule } from '../evidence.js';
import { finding } from '../finding.js';
import type { FindingId } from '../findingIds.js';
import { profileFix } from '../snippets/profile.js';

const explanations = {
  'profile.invalid-url': {
    explanation:
      'Nothing was sent: the address is not one a WebSocket can be opened to. It needs the scheme ws: or wss:, a host, a port up to 65535 and no fragment.',
    fix: profileFix('A valid address (profile)', { url: 'wss://example.com:443/path' }),
  },
  'profile.invalid-header': {
    explanation:
      'Nothing was sent: a header name may hold only letters, digits and a few signs, and a value may hold no line break, no NUL and no character outside latin1. Such a header would let its text become another header.',
    fix: profileFix('A valid header (profile)', { headers: { 'X-Name': 'plain value, percent-encoded where needed' } }),
  },
  'profile.invalid-subprotocol': {
    explanation:
      'Nothing was sent: a subprotocol is a token (RFC 6455 4.1): no spaces, no separators, not empty, and each one offered once.',
    fix: profileFix('Valid subprotocols (profile)', { subprotocols: ['graphql-transport-ws'] }),
  },
} as const;

/** Input refused before a socket existed; the failure's code is the finding's id. */
export const input: Rule = {
  ids: Object.keys(explanations),
  diagnose: ({ failure }: Evidence) => {
    if (failure?.kind !== 'input') return null;
    const id: FindingId = isKnown(failure.code) ? failure.code : 'profile.invalid-url';
    const { explanation, fix } = explanations[id];
    return finding(id, {
      title: failure.message || 'The profile cannot be used as it is',
      explanation,
      evidence: [failure.message],
      fixes: [fix],
    });
  },
};

function isKnown(code: string | null): code is keyof typeof explanations {
  return code !== null && Object.hasOwn(explanations, code);
}
