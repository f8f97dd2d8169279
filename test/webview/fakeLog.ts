// Runs in the page, before the inspector: the host's side of a session whose log is made up on demand.
import type { LogMode, LogRow, LogStatus, RowValue } from '../../src/protocol/session.js';

export interface FakeLogOptions {
  readonly rows: number;
  readonly latencyMs: number;
  readonly status: LogStatus;
  /** Comes before every tenth message. */
  readonly pauseMs?: number;
  /** Text that every row carries, as a hostile peer would send it. */
  readonly hostile: string | null;
}

interface RowsAsked {
  readonly viewId: number;
  readonly from: number;
  readonly count: number;
  readonly paths: readonly string[];
}

interface View {
  readonly mode: LogMode;
  readonly filter: string;
  /** Every how many rows one passes the filter; 0 for none. */
  readonly stride: number;
}

const FIELDS = ['dir', 'kind', 'op', 'conn', 'is', 'case', 'size', 'wire', 'time', 'frames'];
const FILTERED_STRIDE = 97;
/** Rows of this kind come once in so many. */
const EVERY = { fragmented: 11, socketIo: 7, ping: 50, binary: 13 } as const;
/** In each group of messages the sixth comes in two frames. */
const GROUP = { messages: EVERY.fragmented, frames: EVERY.fragmented + 1, fragmented: 5 } as const;

/** A frame's message, and which of its fragments it is. */
function messageOf(frame: number): { readonly message: number; readonly part: 0 | 1 } {
  const group = Math.floor(frame / GROUP.frames) * GROUP.messages;
  const place = frame % GROUP.frames;
  if (place <= GROUP.fragmented) return { message: group + place, part: 0 };
  return { message: group + place - 1, part: place === GROUP.fragmented + 1 ? 1 : 0 };
}

/** A message's last frame: the id of its row. */
function lastFrameOf(message: number): number {
  const place = message % GROUP.messages;
  return Math.floor(message / GROUP.messages) * GROUP.frames + place + (place >= GROUP.fragmented ? 1 : 0);
}

const DEFLATED = 'aa 56 ca 4c 51 b2 52 32 34 51 d2 51 2a a9 2c 48 55 b2 52 ca 4b ad 28';

type Answer = (params: never) => unknown;

/** A log of any length whose row at a position is a function of that position. */
export class FakeLog {
  rows: number;
  dropped = 0;
  readonly latencyMs: number;
  status: LogStatus;
  readonly #hostile: string | null;
  readonly #pauseMs: number;
  readonly #views = new Map<number, View>();
  readonly #marked = new Set<number>();
  #nextView = 1;
  /** Requests on their way, and the most there ever were at once, of rows. */
  rowsInFlight = 0;
  maxRowsInFlight = 0;

  constructor({ rows, latencyMs, status, hostile, pauseMs = 0 }: FakeLogOptions) {
    this.#pauseMs = pauseMs;
    this.rows = rows;
    this.latencyMs = latencyMs;
    this.status = status;
    this.#hostile = hostile;
  }

  /** The latest view. */
  get viewId(): number {
    return Math.max(...this.#views.keys());
  }

  get openViews(): number {
    return this.#views.size;
  }

  readonly answers: Readonly<Record<string, Answer>> = {
    viewOpen: ({ mode, filter }: { mode: LogMode; filter: string }) => {
      const viewId = this.#nextView++;
      const problems = problemsOf(filter);
      const stride = problems.length > 0 || filter.includes('nothing') ? 0 : filter === '' ? 1 : FILTERED_STRIDE;
      this.#views.set(viewId, { mode, filter, stride });
      return { viewId, total: this.total(viewId), problems };
    },
    viewClose: ({ viewId }: { viewId: number }) => {
      this.#views.delete(viewId);
      return null;
    },
    viewRows: ({ viewId, from, count, paths }: RowsAsked) => {
      const view = this.#view(viewId);
      const total = this.total(viewId);
      const rows: LogRow[] = [];
      for (let position = from; position < Math.min(total, from + count); position++) {
        const row = this.row(view, position * view.stride + this.dropped);
        rows.push(paths.length === 0 || view.mode === 'wire' ? row : { ...row, values: this.#valuesOf(row.id, paths) });
      }
      return { total, from, rows, generation: this.status.generation, droppedFrames: this.dropped };
    },
    viewRowOf: ({ viewId, id }: { viewId: number; id: number }) => {
      const view = this.#view(viewId);
      const position = (view.mode === 'wire' ? id : messageOf(id).message) - this.dropped;
      const there =
        view.stride > 0 && position >= 0 && position % view.stride === 0 && position < this.#length(view.mode);
      return {
        row: there ? position / view.stride : null,
        generation: this.status.generation,
        droppedFrames: this.dropped,
      };
    },
    viewFind: ({
      viewId,
      text,
      from,
      backwards,
    }: {
      viewId: number;
      text: string;
      from: number;
      backwards: boolean;
    }) => {
      const total = this.total(viewId);
      const step = backwards ? -1 : 1;
      for (let at = from, looked = 0; at >= 0 && at < total && looked < 50_000; at += step, looked++) {
        const row = this.row(this.#view(viewId), at * this.#view(viewId).stride + this.dropped);
        if (row.preview.includes(text))
          return { row: at, generation: this.status.generation, droppedFrames: this.dropped };
      }
      return { row: null, generation: this.status.generation, droppedFrames: this.dropped };
    },
    pathProblem: ({ path }: { path: string }) => (path.includes('[[') ? 'the query is broken' : null),
    jsonPaths: () => [
      { path: '$.type', example: 'next' },
      { path: '$.payload.data.newOrders.id', example: '9007199254740993' },
    ],
    filterComplete: ({ text, cursor }: { text: string; cursor: number }) => {
      const word = /[\w:]*$/.exec(text.slice(0, cursor))?.[0] ?? '';
      const choices = word.startsWith('kind:')
        ? ['kind:text', 'kind:binary', 'kind:ping']
        : FIELDS.map((name) => `${name}:`);
      const items = choices.filter((choice) => choice.startsWith(word) && choice !== word);
      return { from: cursor - word.length, items: items.map((each) => ({ text: each, detail: 'What the row is' })) };
    },
    viewPayload: ({ id, mode, offset, length }: { id: number; mode: LogMode; offset: number; length: number }) => {
      const bytes = this.payload(id, mode);
      const cut = bytes.slice(offset, offset + length);
      return {
        bytes: cut,
        totalBytes: bytes.length,
        binary: this.#kindOf(messageOf(id).message) === 'binary',
        available: true,
      };
    },
    viewDecoded: ({ id }: { id: number }) =>
      this.#isSocketIo(messageOf(id).message)
        ? {
            title: 'event "order:updated", ack 12, namespace /orders',
            json: '{"engine":"message","packet":"EVENT","namespace":"/orders","ack":12,"event":"order:updated","arguments":[{"id":9007199254740993,"price":101.50,"status":"filled"}]}',
          }
        : null,
    mark: ({ id, marked }: { id: number; marked: boolean }) => {
      if (marked) this.#marked.add(id);
      else this.#marked.delete(id);
      return null;
    },
    resend: () => ({ bytes: 2 }),
    exchanges: ({ from, count, operation }: { from: number; count: number; operation: string }) => {
      const all = Array.from({ length: 300 }, (_, number) => this.#exchange(number)).filter((each) =>
        each.operation.toLowerCase().includes(operation.toLowerCase()),
      );
      return { total: all.length, exchanges: all.slice(from, from + count) };
    },
    rows: ({ ids }: { ids: readonly number[] }) =>
      ids.map((id) => this.row({ mode: 'messages', filter: '' }, messageOf(id).message)),
    viewPair: ({ id }: { id: number }) => id - 12,
    viewLine: ({ id }: { id: number }) => JSON.stringify({ id, direction: 'sent' }),
    send: ({ message }: { message: { content: string } }) => ({ bytes: message.content.length }),
    pickFile: () => ({ path: '/home/ada/payload.bin' }),
    operations: () => ({
      operations: [
        {
          operation: 'subscribe NewOrders',
          count: 1204,
          unanswered: 2,
          failed: 3,
          p50Ms: 12.1,
          p95Ms: 48.2,
          p99Ms: 212.5,
          maxMs: 1804.2,
        },
        { operation: 'ping', count: 25, unanswered: 0, failed: 0, p50Ms: 2.2, p95Ms: 3.1, p99Ms: 3.1, maxMs: 3.4 },
      ],
      unanswered: [
        { id: 21, operation: 'subscribe NewOrders #7', atMs: 120_400 },
        { id: 200_003, operation: 'subscribe NewOrders #9', atMs: 640_112 },
      ],
      missed: 1_318,
    }),
  };

  total(viewId: number): number {
    const view = this.#view(viewId);
    const rows = this.#length(view.mode);
    return view.stride === 0 ? 0 : Math.ceil(rows / view.stride);
  }

  /** What the host announces of a view. */
  announcement(viewId: number): unknown {
    const { dropped, status, rows } = this;
    return {
      viewId,
      total: this.total(viewId),
      scanning: false,
      log: { ...status, frames: rows, messages: rows, droppedFrames: dropped },
    };
  }

  row(view: Pick<View, 'mode' | 'filter'>, index: number): LogRow {
    const wire = view.mode === 'wire';
    const { message, part } = wire ? messageOf(index) : { message: index, part: 0 };
    const id = wire ? index : lastFrameOf(message);
    const kind = this.#kindOf(message);
    const fragmented = message % EVERY.fragmented === 5;
    const compressed = fragmented && kind !== 'ping';
    const text = this.#textOf(message);
    const size = kind === 'ping' ? 4 : kind === 'binary' ? 96 : text.length;
    const payloadBytes = compressed ? Math.ceil(size * (wire ? 0.15 : 0.3)) : size;
    const sent = message % 9 === 3 && view.filter === '';
    return {
      id,
      kind: wire && fragmented && part === 1 ? 'continuation' : kind,
      atMs: message * 0.754 + part * 0.112 + Math.floor(message / 10) * this.#pauseMs,
      direction: sent ? 'sent' : 'received',
      opcode: wire && fragmented && part === 1 ? 0 : { ping: 9, binary: 2, text: 1 }[kind],
      fin: !(wire && fragmented && part === 0),
      rsv1: compressed && part === 0,
      rsv2: false,
      rsv3: false,
      masked: sent,
      wireBytes: payloadBytes + 2 + (sent ? 4 : 0) + (compressed && !wire ? 2 : 0),
      payloadBytes,
      inflatedBytes: compressed && !wire ? size : null,
      frames: compressed && !wire ? 2 : 1,
      connection: 1,
      place: message % 5000 < 2 ? 'disk' : 'memory',
      marked: this.#marked.has(id),
      preview:
        kind === 'text' && !(wire && compressed) ? text.slice(0, 240) : wire && compressed ? DEFLATED : 'de ad be ef',
      label: this.#isSocketIo(message) && kind === 'text' && !wire ? 'event order:updated' : null,
    };
  }

  payload(id: number, mode: LogMode): Uint8Array {
    if (mode === 'wire' && messageOf(id).message % GROUP.messages === GROUP.fragmented) {
      return Uint8Array.from(DEFLATED.split(' '), (pair) => Number.parseInt(pair, 16));
    }
    const { message } = messageOf(id);
    if (message % 1000 === 999) return new Uint8Array(300_000).map((_, index) => index % 251);
    const kind = this.#kindOf(message);
    if (kind === 'ping') return new Uint8Array([0xde, 0xad, 0xbe, 0xef]);
    if (kind === 'binary') return new Uint8Array(96).map((_, index) => index * 7);
    return new TextEncoder().encode(this.#textOf(message));
  }

  #exchange(number: number) {
    const replies =
      number % 3 === 2 ? [] : Array.from({ length: (number % 4) + 1 }, (_, at) => lastFrameOf(number * 9 + 4 + at));
    return {
      number,
      id: lastFrameOf(number * 9 + 3),
      atMs: 0,
      operation: number % 2 ? 'ping' : `subscribe Orders ${number}`,
      firstReplyMs: replies.length > 0 ? 12.1 : null,
      replyCount: replies.length,
      replies,
      state: replies.length === 0 ? 'waiting' : number % 7 === 3 ? 'failed' : 'answered',
      row: this.row({ mode: 'messages', filter: '' }, number * 9 + 3),
    };
  }

  #valuesOf(id: number, paths: readonly string[]): Readonly<Record<string, RowValue>> {
    const text = this.#textOf(messageOf(id).message);
    if (!text.startsWith('{')) return {};
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const found = paths.flatMap((path) => {
      const value = path
        .slice(2)
        .split('.')
        .reduce<unknown>((at, name) => (at as typeof json | undefined)?.[name], json);
      return value === undefined
        ? []
        : [
            [
              path,
              { text: typeof value === 'string' ? value : JSON.stringify(value), literal: JSON.stringify(value) },
            ] as const,
          ];
    });
    return Object.fromEntries(found);
  }

  #view(viewId: number): View {
    const view = this.#views.get(viewId);
    if (!view) throw new Error('This view of the log is closed.');
    return view;
  }

  #length(mode: LogMode): number {
    return mode === 'wire' ? lastFrameOf(this.rows - 1) + 1 : this.rows;
  }

  #kindOf(message: number): 'text' | 'binary' | 'ping' {
    if (message % EVERY.ping === 17) return 'ping';
    return message % EVERY.binary === 9 || message % 1000 === 999 ? 'binary' : 'text';
  }

  #isSocketIo(message: number): boolean {
    return message % EVERY.socketIo === 2;
  }

  #textOf(message: number): string {
    if (this.#hostile !== null) return `${this.#hostile} ${message}`;
    if (this.#isSocketIo(message))
      return `42/orders,12["order:updated",{"id":9007199254740993,"price":101.50,"status":"filled","n":${message}}]`;
    const error =
      message % FILTERED_STRIDE === 0 ? ',"errors":[{"message":"error: order rejected","path":["newOrders"]}]' : '';
    return `{"id":"${message % 40}","type":"next","payload":{"data":{"newOrders":{"id":${9007199254740993n + BigInt(message)},"symbol":"ACME","side":"${message % 2 ? 'buy' : 'sell'}","qty":${message % 500},"price":101.50}}${error}},"seq":${message}}`;
  }
}

function problemsOf(filter: string) {
  const problems = [];
  for (const match of filter.matchAll(/(\w+):/g)) {
    const name = match[1] ?? '';
    if (!FIELDS.includes(name)) {
      problems.push({ message: `There is no field “${name}”.`, index: match.index, length: name.length });
    }
  }
  return problems;
}

declare global {
  interface Window {
    FakeLog: typeof FakeLog;
  }
}

window.FakeLog = FakeLog;
