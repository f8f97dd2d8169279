import { strict as assert } from 'node:assert';
import { readReason } from '../../../src/core/close/reasonText.js';

/** What words are about, beside others that hold the same words and are about something else. */
const rows: readonly (readonly [words: string, kind: string | null])[] = [
  ['Session timed out due to inactivity after 30 seconds.', 'idle'],
  ['Session timed out', 'lifetime'],
  ['Session timed out, no data received in the last 30 seconds.', 'idle'],
  ['level2 requires authentication. Please sign your subscription.', 'auth'],
  ['This feed requires a professional subscription', 'quota'],
  ['queue_full', 'overload'],
  ['client send queue full', 'slow'],
  ['Buffer size 65540 bytes for session x exceeds the allowed limit 65536', 'slow'],
  ['session limit exceeded', 'connections'],
  ['Message buffer size exceeded', 'size'],
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
  ['connection rate limit exceeded', 'rate'],
  ['too many login attempts', 'rate'],
  ['too many connections', 'connections'],
  ['Application is over connection quota', 'connections'],
  ["Expected 'auth' message", 'login-timeout'],
  ['User not member of this group.', 'auth'],
  ['missing userId', 'format'],
  ['unknown user id', 'not-found'],
  ['unknown user', 'auth'],
  ['invalid x-admin-secret', 'auth'],
  ['missing x-admin-note', 'format'],
  ['Your role is not allowed', 'auth'],
  ['recording session not started', 'stopped'],
  ['Session is not active', 'expired'],
  ['The meeting has ended', 'stopped'],
  ['Market is closed', 'stopped'],
  ['Device offline', 'stopped'],
  ['Agent is not connected', 'stopped'],
  ['client is not connected', null],
  ['Project is paused', 'stopped'],
  ['Party full', 'overload'],
  ['Ticket not found', 'not-found'],
  ['Invalid ticket', 'auth'],
  ['Session ID required', 'format'],
  ['agentId required', 'format'],
  ['No image data provided', 'format'],
  ['No token provided', 'auth'],
  ['Token required', 'auth'],
  ['daemon stopping', 'maintenance'],
  ['database is locked', null],
  ['Your account has been locked', 'banned'],
  ['You were kicked', 'banned'],
  ['kicked: logged in elsewhere', 'duplicate'],
  ['Binary messages are not supported', 'format'],
  ['expected text frame', 'format'],
  ['Session idle for too long', 'idle'],
  ['message is too long', 'size'],
  ['Session with given id not found.', 'expired'],
  ["Unknown hub method 'Foo'", 'format'],
  ['link_disabled', 'banned'],
  ['Application failed to respond within time limit.', 'overload'],
  ['ROOM_FULL', 'overload'],
  ['message buffer is full', 'slow'],
  ['No ID Found', 'not-found'],
  ['No errors found', null],
  ['Cannot query field "a" on type "Subscription".', 'format'],
  ['Server timeout elapsed without receiving a message from the client.', 'idle'],
  ['已经登录', 'duplicate'],
  ['请先登录', 'auth'],
  ['Требуется авторизация', 'auth'],
  ['Комната не найдена', 'not-found'],
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
