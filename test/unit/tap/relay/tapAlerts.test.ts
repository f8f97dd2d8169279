import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Alert } from '../../../../src/core/base/series.js';
import { TapAlerts } from '../../../../src/core/tap/relay/tapAlerts.js';
import { TapFigures } from '../../../../src/core/tap/relay/tapFigures.js';

const MINUTE = 60_000;
const MIB = 1024 * 1024;

/** A tap whose clock, connections and server are ours. */
class Tapped {
  readonly figures = new TapFigures();
  told: readonly Alert[] = [];
  readonly secrets: string[] = [];
  nowMs = 0;
  open = 0;
  bytes: number | null = 100 * MIB;
  readonly alerts = new TapAlerts({
    subject: { target: 'ws://h/', profile: null },
    relay: this,
    source: { now: () => this.nowMs, secrets: this.secrets },
    pid: 7,
    onAlert: (alert) => void (this.told = [...this.told, alert]),
  });

  /** Looks every so often until `untilMs`. */
  async pass(untilMs: number, everyMs = 10_000, each = () => {}): Promise<void> {
    for (; this.nowMs < untilMs; this.nowMs += everyMs) {
      each();
      await this.alerts.look(() => Promise.resolve(this.bytes));
    }
  }

  come(peer: string): void {
    this.figures.began(peer, this.nowMs);
    this.figures.opened(peer);
    this.open += 1;
  }

  go(peer: string, code: number | null = 1000): void {
    this.open -= 1;
    this.figures.ended(peer, { nowMs: this.nowMs, lifetimeMs: 1, messages: 0, reason: 'normal', code });
  }

  get changes(): readonly string[] {
    return this.told.map(({ rule, state }) => `${rule} ${state}`);
  }
}

describe('alerts of a tap', () => {
  it('fire where most connections go within a minute, and clear when the rest stay', async () => {
    const tap = new Tapped();
    tap.open = 40;
    await tap.pass(MINUTE);
    tap.open = 20;
    await tap.pass(MINUTE * 1.5);
    deepStrictEqual(tap.told, [], 'a half is not more than a half');
    tap.open = 19;
    await tap.pass(MINUTE * 1.6);
    deepStrictEqual(tap.changes, ['connections-lost firing']);
    const [first] = tap.alerts.firing;
    match(first?.title ?? '', /^5\d % of the open connections went within a minute$/);
    ok((first?.fix.snippet ?? '').length > 0);
    await tap.pass(MINUTE * 4);
    deepStrictEqual(tap.changes, ['connections-lost firing', 'connections-lost cleared']);
  });

  it('say nothing of a handful that goes, nor of many that go slowly', async () => {
    const tap = new Tapped();
    tap.open = 19;
    await tap.pass(MINUTE);
    tap.open = 0;
    await tap.pass(MINUTE * 2);
    tap.open = 100;
    await tap.pass(MINUTE * 20, 10_000, () => (tap.open = Math.max(0, tap.open - 1)));
    deepStrictEqual(tap.changes, []);
  });

  it('tell memory that grows while connections stay from memory of more connections, and of garbage', async () => {
    const leak = new Tapped();
    leak.open = 20;
    await leak.pass(4 * MINUTE, 10_000, () => (leak.bytes = (leak.bytes ?? 0) + 4 * MIB));
    deepStrictEqual(leak.changes, [], 'less than five minutes say nothing');
    await leak.pass(7 * MINUTE, 10_000, () => (leak.bytes = (leak.bytes ?? 0) + 4 * MIB));
    deepStrictEqual(leak.changes, ['memory-growth firing']);
    match(leak.told[0]?.title ?? '', /memory of the server grew by \d+ % while its connections stayed/);

    const busy = new Tapped();
    busy.open = 20;
    await busy.pass(10 * MINUTE, 10_000, () => {
      busy.open += 1;
      busy.bytes = (busy.bytes ?? 0) + 4 * MIB;
    });
    deepStrictEqual(busy.changes, []);

    const garbage = new Tapped();
    let turn = 0;
    await garbage.pass(20 * MINUTE, 10_000, () => (garbage.bytes = (100 + 80 * (turn++ % 4)) * MIB));
    deepStrictEqual(garbage.changes, []);

    const unknown = new Tapped();
    unknown.bytes = null;
    await unknown.pass(10 * MINUTE);
    deepStrictEqual(unknown.changes, []);
  });

  it('fire for a client that comes back again and again, not for many of one address that do so rarely', async () => {
    const tap = new Tapped();
    await tap.pass(5 * MINUTE, 20_000, () => {
      tap.come('10.0.0.1:4');
      tap.go('10.0.0.1:4');
    });
    deepStrictEqual(tap.changes, ['reconnects firing']);
    match(tap.told[0]?.title ?? '', /^Clients of one address each come back \d\.\d times a minute$/);

    const many = new Tapped();
    for (let index = 0; index < 100; index++) many.come(`10.0.0.1:${index}`);
    await many.pass(5 * MINUTE, 5_000, () => {
      many.go('10.0.0.1:4');
      many.come('10.0.0.1:4');
    });
    deepStrictEqual(many.changes, [], 'twelve a minute of a hundred');
  });

  it('fire for a storm and for ends that are not as they should be, of twenty and more', async () => {
    const tap = new Tapped();
    let client = 0;
    const come = () => {
      const peer = `10.${client >> 16}.${(client >> 8) & 255}.${client++ & 255}:1`;
      tap.come(peer);
      return peer;
    };
    await tap.pass(3 * MINUTE, 20_000, () => void come());
    for (let index = 0; index < 60; index++) come();
    await tap.pass(3.5 * MINUTE);
    deepStrictEqual(tap.changes, ['reconnect-storm firing']);
    await tap.pass(5 * MINUTE);
    deepStrictEqual(tap.changes, ['reconnect-storm firing', 'reconnect-storm cleared']);
    for (let index = 0; index < 30; index++) tap.go(come(), index < 2 ? 1006 : 1000);
    tap.go(come(), null);
    await tap.pass(5.2 * MINUTE);
    deepStrictEqual(tap.changes.slice(2).toSorted(), ['abnormal-closes firing', 'dropped-closes firing']);
  });

  it('tell no secret', async () => {
    const tap = new Tapped();
    tap.secrets.push('hunter-two');
    const fix = { title: 'Do', language: 'text', snippet: 'use hunter-two' } as const;
    const finding = {
      id: 'close.dropped',
      layer: 'websocket',
      severity: 'error',
      title: 'hunter-two was said',
    } as const;
    const found = { ...finding, explanation: '', evidence: [], fixes: [fix] };
    tap.alerts.note({ findings: [found], verdict: 'down' } as never);
    for (let index = 0; index < 30; index++) {
      tap.come(`10.0.0.${index}:1`);
      tap.go(`10.0.0.${index}:1`, 1006);
    }
    await tap.alerts.look();
    ok(tap.told.length > 0);
    strictEqual(JSON.stringify([tap.told, tap.alerts.firing]).includes('hunter-two'), false);
  });

  it('keep bounded room, whoever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 300 }), (hosts) => {
        const tap = new Tapped();
        for (const host of hosts) {
          tap.nowMs += 1_000;
          tap.come(`10.0.0.${host}:1`);
          tap.go(`10.0.0.${host}:1`, 1006);
        }
        const { codes, reconnects } = tap.figures.lately(tap.nowMs);
        ok(codes.length <= 1_000 && (reconnects ?? 0) <= 60);
        deepStrictEqual(tap.figures.lately(tap.nowMs + 3_600_000), { codes: [], reconnects: 0, timesUsual: 0 });
      }),
      { numRuns: 30 },
    );
  });
});
