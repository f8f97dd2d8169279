import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { ObservedSource } from '../../../../src/core/session/observedSource.js';
import type { Fault } from '../../../../src/core/base/fault.js';
import { Relay } from '../../../../src/core/tap/relay/relay.js';
import { planFor } from '../../../support/plan.js';

const socketOf = (socket: WebSocket) => (socket as unknown as { readonly _socket: Socket })._socket;

interface Case {
  readonly name: string;
  readonly faults?: readonly Fault[];
  readonly act: (sides: { readonly client: WebSocket; readonly server: WebSocket; readonly relay: Relay }) => unknown;
  readonly says: RegExp;
  readonly initiator: string;
  /** Of the server's end: told beside it. */
  readonly notes: readonly RegExp[];
  readonly reason: 'network_loss' | 'normal' | 'protocol_error';
}

const CASES: readonly Case[] = [
  {
    name: 'a client that ends TCP',
    act: ({ client }) => socketOf(client).end(),
    says: /^The client ended TCP \(FIN\) without a Close frame after /,
    initiator: 'client',
    notes: [],
    reason: 'network_loss',
  },
  {
    name: 'a client that is gone',
    act: ({ client }) => socketOf(client).destroy(),
    says: /^The client ended TCP \(FIN\) without a Close frame after /,
    initiator: 'client',
    notes: [],
    reason: 'network_loss',
  },
  {
    name: 'a client that resets',
    act: ({ client }) => socketOf(client).resetAndDestroy(),
    says: /^The client reset TCP \(RST\) after /,
    initiator: 'client',
    notes: [],
    reason: 'network_loss',
  },
  {
    name: 'a server that ends TCP',
    act: ({ server }) => socketOf(server).end(),
    says: /^The server ended TCP \(FIN\) without a Close frame after /,
    initiator: 'network',
    notes: [/^The WebSocket opened, and the server hung up at once \(FIN/],
    reason: 'network_loss',
  },
  {
    name: 'a server that will not have what breaks the protocol',
    act: ({ client }) => socketOf(client).write(Buffer.from([0xb1, 0x80, 1, 2, 3, 4])),
    says: /^The server sent Close 1002/,
    initiator: 'server',
    notes: [/^The client breaks the protocol: A frame has RSV2 and RSV3 set/],
    reason: 'protocol_error',
  },
  ...(['toServer', 'toClient'] as const).map(
    (direction): Case => ({
      name: `a fault that cuts ${direction}`,
      faults: [{ when: { afterMessages: 1 }, direction, do: { cut: 'fin' } }],
      act: ({ client, server }) => (direction === 'toServer' ? client : server).send('x'),
      says: /^Fault 1: ended the connection to the (?:server|client)\.$/,
      initiator: 'network',
      notes: [/^Fault 1: ended the connection to the /],
      reason: 'network_loss',
    }),
  ),
  {
    name: 'a tap that is stopped',
    act: ({ relay }) => void relay.stop(),
    says: /^The tap was stopped\.$/,
    initiator: 'client',
    notes: [],
    reason: 'normal',
  },
  {
    name: 'a client that closes',
    act: ({ client }) => client.close(1000),
    says: /^The client sent Close 1000/,
    initiator: 'client',
    notes: [],
    reason: 'normal',
  },
];

describe('the end of a relayed connection is told as whose it was', () => {
  for (const { act, faults = [], initiator, name, notes, reason, says } of CASES)
    it(name, async () => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(server, 'listening');
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const source = new ObservedSource({ sessionId: 'tap', name: 'tap', url, spillDir: null });
      let over: () => void = () => {};
      const ended = new Promise<void>((resolve) => (over = resolve));
      const relay = new Relay({
        plan: planFor(url),
        host: '127.0.0.1',
        port: 0,
        tls: null,
        removedHeaders: [],
        faults,
        seed: 1,
        interactive: false,
        vantage: { host: 'here', remote: null },
        source,
        onEnd: () => over(),
        onFault: (error) => source.note(null, String(error)),
      });
      const arrived = once(server, 'connection') as Promise<[WebSocket]>;
      const client = new WebSocket(await relay.start());
      await once(client, 'open');
      const [peer] = await arrived;
      for (const side of [client, peer]) side.on('error', () => undefined);
      act({ client, server: peer, relay });
      await ended;
      const close = source.connections[0]?.close;
      match(close?.evidence ?? '', says);
      strictEqual(close?.initiator, initiator);
      strictEqual(source.notes.length, notes.length, source.notes.map(({ text }) => text).join());
      for (const [at, note] of notes.entries()) match(source.notes[at]?.text ?? '', note);
      const counted = Object.entries(relay.figures.disconnects).filter(([, count]) => count > 0);
      deepStrictEqual(counted, [[reason, 1]]);
      client.terminate();
      await relay.stop();
      await source.dispose();
      server.close();
    });
});
