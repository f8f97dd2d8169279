import { OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import type { DialectDecoder } from '../dialects/dialect.js';
import { findDialect } from '../dialects/registry.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import { recordedEvents } from '../record/events.js';
import type { RecordedMessage } from '../record/messages.js';
import type { OpenedRecording } from '../record/openAny.js';
import { payloadBytesOf } from '../record/payloadJson.js';
import { type Content, readContent } from './said.js';

/** A message of a recording, read, and where it stands. */
export interface RecordedContent {
  readonly connection: number;
  /** Its number in its connection, from 1. */
  readonly number: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly content: Content;
}

/** The messages of a recording as a contract sees them: text as it is, binary as the dialect reads it. Those that are not whole are left out. */
export async function* recordedContents(file: OpenedRecording): AsyncGenerator<RecordedContent, void, undefined> {
  const lanes = new Map<number, { decoder: DialectDecoder | null; count: number }>();
  for await (const event of recordedEvents(file)) {
    if (event.type === 'connection') {
      const { dialect } = event.facts;
      const decoder = (dialect === null ? null : await findDialect(dialect)?.createDecoder?.()) ?? null;
      lanes.set(event.connection, { decoder, count: 0 });
    }
    if (event.type !== 'message') continue;
    const { message } = event;
    const { atMs, connection, direction } = message;
    const lane = lanes.get(connection);
    if (lane === undefined) continue;
    lane.count += 1;
    if (message.truncated || message.deflated || !message.finished) continue;
    for (const content of contentsOf(message, lane.decoder))
      yield { connection, number: lane.count, atMs, direction, content };
  }
}

function contentsOf(message: RecordedMessage, decoder: DialectDecoder | null): readonly Content[] {
  const binary = message.opcode === OPCODE.binary;
  const bytes = payloadBytesOf(message);
  // The decoder keeps the state of its connection: it hears the texts too.
  const decoded = decoder?.decode({ direction: message.direction, binary, bytes, atMs: message.atMs }) ?? [];
  const values = binary ? decoded.flatMap(({ value }) => (value === undefined ? [] : [jsonValue(value)])) : [];
  if (values.length === 0) return [readContent({ binary, bytes })];
  return values.map((value) => ({ prefix: '', ack: null, value }));
}
