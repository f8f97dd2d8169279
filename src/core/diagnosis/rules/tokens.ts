import { quoteText } from '../../base/plainText.js';
import type { Rule } from '../../base/evidence.js';
import { finding } from '../finding.js';
import { textFix } from '../snippets/shell.js';

/** A JWT that was sent had expired before it left: read here, before the server says so. */
export const tokens: Rule = {
  ids: ['auth.token-expired'],
  diagnose: (evidence) => {
    const expired = evidence.tokens.filter((token) => token.expired);
    const first = expired[0];
    if (!first) return null;
    return finding('auth.token-expired', {
      title: `The token in ${quoteText(first.where, 80)} expired at ${quoteText(first.expiresAt, 40)}`,
      explanation:
        'The token names its own end, and that has passed. A server that checks it refuses the client, some at the handshake and some only after it. If the token is fresh, compare the clocks.',
      evidence: [
        ...expired.map(({ where, expiresAt }) => `${quoteText(where, 80)}: expired at ${quoteText(expiresAt, 40)}`),
        `Now: ${evidence.now.toISOString()}`,
      ],
      fixes: [
        textFix(
          'Put a new token in its place',
          'In the editor: "WebSocket: Set Secret…"',
          'On the command line: --secret token=… or the variable WSPROBE_SECRET_TOKEN',
        ),
      ],
    });
  },
};
