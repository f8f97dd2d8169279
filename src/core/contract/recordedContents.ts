import { OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { recordedEvents } from '../record/events.js';
import type { OpenedRecording } from '../record/openAny.js';
import { payloadBytesOf } from '../record/payloadJson.js';
import { ContentReader } from './contentReader.js';
import type { Content } from './said.js';

/** A message of a recording, read, and where it stands. */
export interface RecordedContent {
  readonly connection: number;
  /** Its number in its connection, from 1; where packets are said, that of its packet. */
  readonly number: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly content: Content;
}

/** The messages of a recording as a contract sees them: text as it is, binary as the dialect reads it. Those that are not whole are left out. */
export async function* recordedContents(file: OpenedRecording): AsyncGenerator<RecordedContent, void, undefined> {
  const lanes = new Map<number, { readonly reader: ContentReader; count: number }>();
  for await (const event of recordedEvents(file)) {
    if (event.type === 'connection') {
      lanes.set(event.connection, { reader: await ContentReader.of(event.facts.dialect), count: 0 });
    }
    if (event.type !== 'message') continue;
    const { message } = event;
    const { atMs, connection, direction } = message;
    const lane = lanes.get(connection);
    if (lane === undefined) continue;
    const isWhole = !message.truncated && !message.deflated && message.finished;
    if (!lane.reader.saysPackets || !isWhole) lane.count += 1;
    if (!isWhole) continue;
    const said = { binary: message.opcode === OPCODE.binary, bytes: payloadBytesOf(message) };
    for (const content of lane.reader.readAll(direction, said, atMs)) {
      if (lane.reader.saysPackets) lane.count += 1;
      yield { connection, number: lane.count, atMs, direction, content };
    }
  }
}
