import { strict as assert } from 'node:assert';
import { readReason } from '../../../src/core/close/reasonText.js';

/** What words are about, beside others that hold the same words and are about something else. */
const rows: readonly (readonly [words: string, kind: string | null])[] = [
  ['Session timed out due to inactivity after 30 seconds.', 'idle'],
  ['Session timed out', 'lifetime'],
  ['level2 requires authentication. Please sign your subscription.', 'auth'],
  ['This feed requires a professional subscription', 'quota'],
  ['queue_full', 'overload'],
  ['client send queue full', 'slow'],
  ['unknown currency pair: X', 'not-found'],
  ['unknown error in channel', null],
  ['The subscription event type is invalid.', 'format'],
  ['project ID is required', 'format'],
  ['Connection request without roomId and/or peerId', 'format'],
  ['maximum number of subscriptions per client 5 reached', 'rate'],
  ['maximum number of connections per client reached', 'connections'],
  ['threshold exceeded', 'rate'],
  ['You have no access to this room', 'auth'],
  ['The sandbox is starting', 'starting'],
  ['Container is still booting up', 'starting'],
  ['The server is not running', 'stopped'],
  ['This server does not support WebSockets', 'not-found'],
  ['WebSockets are disabled', 'not-found'],
  ['WebSocket access is disabled for your account', 'banned'],
  ['Connection has not been established yet', 'login-timeout'],
  ['make sure you connect to server before subscribing', 'login-timeout'],
  ['make sure the symbol is spelled right', null],
  ['invalid sid', 'expired'],
];

describe('what the words of a refusal are about', () => {
  for (const [words, kind] of rows) {
    it(`"${words}": ${kind ?? 'nothing that is known'}`, () => {
      assert.equal(readReason(words)?.kind ?? null, kind);
    });
  }

  it('names what is missing as missing, and not as misunderstood', () => {
    assert.match(readReason('project ID is required')?.meaning ?? '', /missing/);
    assert.match(readReason('Invalid request: bad field')?.meaning ?? '', /does not understand/);
  });
});
