import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { deflateRawSync, constants } from 'node:zlib';
import * as fc from 'fast-check';
import type { LogRow } from '../../../../src/core/base/logRow.js';
import type { Frame } from '../../../../src/core/base/frame.js';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import type { SessionLog } from '../../../../src/core/session/sessionLog.js';
import { Session } from '../../../../src/core/session/session.js';
import { acceptFor } from '../../../../src/core/handshake/accept.js';
import { planFor } from '../../../support/plan.js';
import { MemoryFiles } from './memoryFiles.js';

/** Slabs of 256 bytes, in which hardly a message lies whole, to such as hold many. */
const MEMORY = [16_384, 131_072, 524_288];

interface Message {
  readonly content: Buffer;
  readonly text: boolean;
  readonly compressed: boolean;
  readonly fragments: number;
  /** A ping between its fragments. */
  readonly ping: boolean;
}

const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    bytes: fc.oneof(
      fc.nat(200),
      fc.nat(200),
      fc.nat(2000),
      fc.integer({ min: 3000, max: 9000 }),
      fc.constantFrom(50_000, 150_000),
      fc.constantFrom(0, 125, 126),
    ),
    seed: fc.nat(255),
    text: fc.boolean(),
    compressed: fc.boolean(),
    fragments: fc.constantFrom(1, 1, 1, 2, 5, 150),
    ping: fc.boolean(),
  })
  .map(({ bytes, seed, ...rest }) => ({ ...rest, content: contentOf(bytes, seed) }));

/** What chance seldom finds: fragments whose slabs are used again before the last comes, and a pause in a flood. */
const EXAMPLES: readonly (readonly [Message[], number[], boolean, boolean, number])[] = [
  [[1, 2, 3].map((seed) => plain(150_000, seed, 150)), [], false, false, MEMORY[1]!],
  [Array.from({ length: 900 }, (_, seed) => plain(180, seed, 1)), [], false, false, MEMORY[0]!],
];

function plain(bytes: number, seed: number, fragments: number): Message {
  return { content: contentOf(bytes, seed), text: true, compressed: false, fragments, ping: false };
}

function contentOf(bytes: number, seed: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) content[at] = 33 + ((at * 7 + seed + (at >> 8)) % 90);
  return content;
}

function frame(first: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The payloads of a message's frames. */
function payloadsOf({ content, compressed, fragments }: Message, deflate: boolean): Buffer[] {
  const payload = deflate && compressed ? deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }) : content;
  const whole = payload === content ? content : payload.subarray(0, -4);
  const part = Math.ceil(whole.length / fragments);
  return Array.from({ length: fragments }, (_, at) => whole.subarray(at * part, (at + 1) * part));
}

function framesOf(message: Message, deflate: boolean): Buffer[] {
  const { text, compressed, fragments, ping } = message;
  return payloadsOf(message, deflate).map((payload, at) => {
    const opcode = at === 0 ? (text ? 1 : 2) | (deflate && compressed ? 0x40 : 0) : 0;
    const fin = at === fragments - 1 ? 0x80 : 0;
    const data = frame(fin | opcode, payload);
    return ping ? Buffer.concat([frame(0x89, Buffer.from(`ping ${at}`)), data]) : data;
  });
}

/** A peer that takes an upgrade and writes what it is told to, cut where it is told to. */
class ScriptedPeer {
  readonly #server: Server;
  readonly #parts: readonly Uint8Array[];

  constructor(wire: Buffer, cuts: readonly number[], deflate: boolean) {
    this.#parts = cutAt(wire, cuts);
    this.#server = createServer((socket) => void this.#serve(socket, deflate));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}/`;
  }

  close(): void {
    this.#server.close();
  }

  async #serve(socket: Socket, deflate: boolean): Promise<void> {
    socket.setNoDelay(true).on('error', () => {});
    const [head] = (await once(socket, 'data')) as [Buffer];
    socket.resume();
    const key = /^sec-websocket-key: *(.+)\r$/im.exec(String(head))?.[1] ?? '';
    const extension = deflate
      ? 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n'
      : '';
    const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${extension}Sec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`;
    // The first bytes come with the answer.
    socket.write(Buffer.concat([Buffer.from(answer), this.#parts[0] ?? Buffer.alloc(0)]));
    for (const part of this.#parts.slice(1)) {
      await new Promise(setImmediate);
      if (!socket.write(part)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
    socket.end(frame(0x88, Buffer.from([3, 0xe8, 0x62, 0x79, 0x65])));
  }
}

function cutAt(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, index) => wire.subarray(from, at[index] ?? wire.length));
}

describe('bytes that stay where they were read', () => {
  it('are what the peer sent, in the log and in messages, whatever is spilled, dropped, held or inflated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(...MEMORY),
        async (messages, cuts, deflate, slowDisk, memory) => {
          const disk = memory * 1.5;
          const wire = Buffer.concat(messages.flatMap((message) => framesOf(message, deflate)));
          const peer = new ScriptedPeer(wire, cuts, deflate);
          const files = new MemoryFiles();
          if (slowDisk) files.wait = () => new Promise((done) => setTimeout(done, 2));
          const log = new FrameLog({
            spillDir: '/spill',
            payloadBudgetBytes: memory,
            diskBudgetBytes: disk,
            files,
          });
          const seen: Buffer[] = [];
          const lent: Buffer[] = [];
          const keepLent = (frame: Frame) => {
            // Cut are those that the log has no place for, where they did not come in one read.
            if (frame.truncated) assert.ok(frame.payloadBytes > memory / 4 && frame.payload.length === memory / 4);
            if (frame.direction === 'received' && frame.opcode < 8) lent.push(Buffer.from(frame.payload));
          };
          await talk(await peer.listen(), log, deflate, keepLent, (bytes, session) => {
            const { payloadBytesInMemory, payloadBytesOnDisk } = log.status();
            assert.ok(payloadBytesInMemory <= log.memoryBytes);
            assert.ok(log.memoryBytes <= memory && payloadBytesOnDisk <= disk);
            // Copied here, late enough for what another message did to the memory to show.
            seen.push(Buffer.from(bytes));
            if (seen.length % 7 === 0 && session.state === 'open') {
              session.pause(true);
              setTimeout(() => session.pause(false), 3);
            }
          });
          peer.close();
          assert.deepEqual(
            seen.map(String),
            messages.map(({ content }) => String(content)),
          );
          const payloads = messages.flatMap((message) => payloadsOf(message, deflate));
          assert.deepEqual(
            lent.map(String),
            payloads.map((payload, at) => String(payload.subarray(0, Math.max(memory / 4, lent[at]?.length ?? 0)))),
          );
          await check(log, messages, memory / 4);
          await log.dispose();
          assert.equal(files.files.size, 0);
        },
      ),
      { numRuns: 60, examples: EXAMPLES.map((example) => [...example]) },
    );
  }).timeout(120_000);
});

/** Settles when the peer has closed the session. */
async function talk(
  url: string,
  log: FrameLog,
  deflate: boolean,
  onFrame: (frame: Frame) => void,
  onMessage: (bytes: Uint8Array, session: Session) => void,
): Promise<void> {
  const sessionLog: SessionLog = {
    append(frame, connection) {
      log.append(frame, connection);
      onFrame(frame);
      return log.nextId - 1;
    },
    openInlet: () => log.openInlet(),
    appendEvent: () => {},
    attachInflated: (direction, bytes, binary) => void log.attachInflated(direction, bytes, binary),
    clear: () => log.clear(),
    status: () => log.status(),
    dispose: () => {},
  };
  let session!: Session;
  await new Promise<void>((done, fail) => {
    session = new Session({
      sessionId: 's1',
      plan: planFor(url, { compression: deflate }),
      log: sessionLog,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => {
        if (session.state === 'closed') done();
      },
      onMessage: ({ direction, bytes }) => {
        if (direction === 'received') onMessage(bytes, session);
      },
    });
    session.open().catch(fail);
  });
  session.dispose();
}

/** Every message is in the log, whole or cut at its limit, or told as dropped; the counts add up. */
async function check(log: FrameLog, messages: readonly Message[], keep: number): Promise<void> {
  const view = log.openView({ mode: 'messages', filter: '' });
  while (view.scanning) await new Promise(setImmediate);
  const all: LogRow[] = [];
  // Pings between fragments are rows as well: more than one range holds.
  while (all.length < view.total) all.push(...(await view.rows(all.length, 1000)));
  const rows = all.filter(({ kind, direction }) => direction === 'received' && (kind === 'text' || kind === 'binary'));
  view.close();
  assert.equal(rows.length, messages.length);
  let dropped = 0;
  for (const [at, { content }] of messages.entries()) {
    const { bytes, available } = await log.payload(rows[at]!.id, 'messages', 0, Number.MAX_SAFE_INTEGER);
    if (available) assert.equal(String(bytes), String(content.subarray(0, keep)));
    else {
      assert.equal(rows[at]!.place, 'dropped');
      dropped++;
    }
  }
  assert.ok(dropped === 0 || log.status().droppedPayloads > 0);
}
