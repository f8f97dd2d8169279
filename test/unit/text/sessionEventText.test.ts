import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/core/base/sessionEvent.js';
import { renderSessionEvent } from '../../../src/core/text/sessionEventText.js';

const end = { reason: '', initiator: 'network', clean: false, evidence: '' } as const;

const table: readonly [SessionEvent, string][] = [
  [{ kind: 'connecting', connection: 1 }, 'Connecting'],
  [{ kind: 'connecting', connection: 3 }, 'Connecting (3)'],
  [{ kind: 'redirected', url: 'wss://b.example/' }, 'Redirected to wss://b.example/'],
  [{ kind: 'open', durationMs: 12.5, subprotocol: null }, 'Open after 12.5 ms'],
  [{ kind: 'open', durationMs: null, subprotocol: 'mqtt' }, 'Open, subprotocol mqtt'],
  [
    { kind: 'closed', close: { ...end, code: 1001, reason: 'bye', evidence: 'They said so' } },
    'Closed 1001 bye: They said so',
  ],
  [{ kind: 'closed', close: { ...end, code: null } }, 'Closed without a known code'],
  [{ kind: 'not-connected', message: null }, 'Not connected'],
  [{ kind: 'connect-failed', connection: 2, message: 'no room left' }, 'Reconnecting failed: no room left'],
  [{ kind: 'reconnecting', delayMs: 10, attempt: 1, maxAttempts: 3 }, 'Reconnecting in 10 ms (attempt 1 of 3)'],
  [{ kind: 'gave-up', maxAttempts: 3 }, 'Not reconnecting: 3 attempts are through'],
  [{ kind: 'not-worth-retrying', code: 4001 }, 'Not reconnecting: 4001 would come again until its cause is mended'],
  [
    { kind: 'frames-missing', frames: 7, reason: 'The disk was slower.' },
    '7 frames are missing here: The disk was slower.',
  ],
  [{ kind: 'note', text: 'delay of 200 ms injected' }, 'delay of 200 ms injected'],
];

describe('renderSessionEvent', () => {
  for (const [event, expected] of table)
    it(`says "${expected}"`, () => assert.equal(renderSessionEvent(event), expected));
});
