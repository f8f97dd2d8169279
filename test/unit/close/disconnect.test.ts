import assert from 'node:assert/strict';
import {
  type DisconnectReason,
  disconnectReason,
  explainAbnormal,
  type SocketEnd,
} from '../../../src/core/close/disconnect.js';
import { explainClose } from '../../../src/core/close/explainClose.js';
import { findDialect } from '../../../src/core/dialects/registry.js';
import { timersNear } from '../../../src/core/close/timers.js';

const open = { endedBy: null, openForMs: 1500 } as const;
const violation = { id: 'frame.masked', message: 'The frame is masked.', wireOffset: 12 };

const ends: readonly (readonly [name: string, end: SocketEnd, reason: DisconnectReason, text: RegExp])[] = [
  [
    'FIN',
    { ...open, endedBy: 'server-fin' },
    'network_loss',
    /ended TCP \(FIN\) without a Close frame after 1\.50 s\.$/,
  ],
  ['RST', { ...open, endedBy: 'server-reset' }, 'network_loss', /reset TCP \(RST\)/],
  ['our ping deadline', { ...open, endedBy: 'client', pingTimedOut: true }, 'ping_timeout', /half-open/],
  [
    'our close deadline',
    { ...open, endedBy: 'client', closeTimedOut: true },
    'close_timeout',
    /did not answer it in time/,
  ],
  [
    'a frame we refused',
    { ...open, endedBy: 'client', violation },
    'protocol_error',
    /refused the peer's frame at byte 12: The frame is masked\.$/,
  ],
  ['our own limit', { ...open, violation: { ...violation, id: 'limit.message-size' } }, 'own_limit', /Our own limit/],
  ['ourselves', { ...open, endedBy: 'client' }, 'own_action', /We ended/],
  ['nothing seen', open, 'network_loss', /saw no end/],
];

describe('explainAbnormal', () => {
  for (const [name, end, reason, text] of ends) {
    it(name, () => {
      const told = explainAbnormal(end);
      assert.equal(told.reason, reason);
      assert.match(told.text, text);
      assert.equal(explainClose(1006, { evidence: end }).disconnect, reason);
    });
  }
});

describe('disconnectReason', () => {
  const codes: readonly (readonly [number, DisconnectReason])[] = [
    [1000, 'normal'],
    [1001, 'going_away'],
    [1002, 'protocol_error'],
    [1005, 'normal'],
    [1006, 'network_loss'],
    [1008, 'rejected'],
    [1011, 'server_error'],
    [1012, 'going_away'],
    [1013, 'rate_limited'],
    [1014, 'server_error'],
    [4401, 'rejected'],
    [4429, 'rate_limited'],
  ];
  for (const [code, reason] of codes) {
    it(`${code} is ${reason}`, () => assert.equal(explainClose(code).disconnect, reason));
  }

  it('follows the dialect where it says otherwise', () => {
    assert.equal(explainClose(4008, { closing: findDialect('discord')?.closing }).disconnect, 'rate_limited');
    assert.equal(disconnectReason(1000, 'auth'), 'rejected');
  });
});

describe('timersNear', () => {
  const seconds = (ms: number) => timersNear(ms, 'idle').map((timer) => timer.seconds);

  it('takes 1 % or 0.3 s, whichever is more', () => {
    assert.deepEqual(seconds(60_600), [60]);
    assert.deepEqual(seconds(60_601), []);
    assert.deepEqual(seconds(10_299), [10]);
    assert.deepEqual(seconds(10_301), []);
  });

  it('tells lifetimes from idle timers', () => {
    for (const ms of [30_000, 7_200_000]) {
      assert.deepEqual(seconds(ms), []);
      assert.equal(timersNear(ms, 'lifetime').length, 1);
    }
  });
});
