import type { InspectorSessionRequests } from '../../protocol/inspector.js';
import { type Check, flag, integer, nothing, oneOf, pair, shape, text, utf8 } from './checks.js';

const MAX_CONTENT = 64 * 1024 * 1024;
const MAX_CONTROL_BYTES = 125;
const MAX_REASON_BYTES = 123;
const MAX_FILTER = 10_000;
const MAX_ROWS = 2000;
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const MAX_REPEAT = 100_000;
const HOUR_MS = 3_600_000;

const count = integer(0, Number.MAX_SAFE_INTEGER);
const mode = oneOf('messages', 'wire');
const control = shape({ payload: utf8(MAX_CONTROL_BYTES) });

const message = shape({
  format: oneOf('text', 'json', 'hex', 'base64', 'file'),
  content: text(MAX_CONTENT),
  binary: flag,
});

const frame = shape({
  fin: flag,
  rsv1: flag,
  rsv2: flag,
  rsv3: flag,
  opcode: integer(0, 15),
  masked: flag,
  payload: message,
});

const row = shape({ id: count, mode });

/** What each request of an inspector must look like: types, ranges and sizes. */
export const SESSION_CHECKS = {
  connect: nothing,
  send: shape({ message }),
  repeat: shape({ message, times: integer(1, MAX_REPEAT), everyMs: integer(0, HOUR_MS) }),
  stopRepeat: nothing,
  sendRaw: shape({ frame }),
  ping: control,
  pong: control,
  close: shape({ code: integer(0, 65_535), reason: utf8(MAX_REASON_BYTES) }),
  terminate: nothing,
  halfClose: nothing,
  reconnect: nothing,
  pause: shape({ paused: flag }),
  refusePong: shape({ refuse: flag }),
  clear: nothing,
  mark: shape({ id: count, marked: flag }),
  operations: nothing,
  viewOpen: shape({ mode, filter: text(MAX_FILTER) }),
  viewClose: shape({ viewId: count }),
  viewRows: shape({ viewId: count, from: count, count: integer(0, MAX_ROWS) }),
  viewFind: shape({ viewId: count, text: text(MAX_FILTER), from: count, backwards: flag }),
  viewRowOf: shape({ viewId: count, id: count }),
  viewPayload: shape({ id: count, mode, offset: count, length: integer(0, MAX_PAYLOAD_BYTES) }),
  viewDecoded: row,
  filterComplete: shape({ text: text(MAX_FILTER), cursor: integer(0, MAX_FILTER) }),
  record: shape({ on: flag }),
  exportLog: shape({ format: oneOf('wsrec', 'har', 'jsonl') }),
  copyAs: shape({ tool: oneOf('curl', 'websocat', 'wscat', 'node') }),
  openPayload: row,
  savePayload: row,
  comparePayloads: shape({ ids: pair(count), mode }),
  openAsText: shape({ viewId: count }),
  pickFile: nothing,
} as const satisfies { readonly [M in keyof InspectorSessionRequests]: Check<object> };
