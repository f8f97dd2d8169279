import type { Direction } from '../base/model.js';
import type { PacketForm } from '../dialects/dialect.js';
import { findDialect } from '../dialects/registry.js';
import type { RecordedConversation, SaidMessage } from '../record/conversations.js';
import type { Carried } from './carried.js';
import type { Said } from './said.js';

/** A packet that claims more is passed on as the messages that carry it. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

/** Puts together what one side says in a dialect whose packets begin and end wherever they like in messages. */
export class Packets {
  readonly #form: PacketForm;
  /** Of a packet that is not whole yet: its pieces, their bytes, and how many it is known to have. */
  #held: Uint8Array[] = [];
  #bytes = 0;
  #wanted = 0;

  constructor(form: PacketForm) {
    this.#form = form;
  }

  /** The packets that end with this message; a text is none, and stands by itself. */
  push(said: Said): readonly Said[] {
    if (!said.binary) return [said];
    this.#held.push(Uint8Array.from(said.bytes));
    this.#bytes += said.bytes.length;
    if (this.#bytes < this.#wanted) return [];
    const whole = Buffer.concat(this.#held);
    const packets: Said[] = [];
    let at = 0;
    let end = this.#form.end(whole, at);
    while (at < whole.length && end !== null && end <= whole.length) {
      packets.push({ binary: true, bytes: whole.subarray(at, end) });
      at = end;
      end = at < whole.length ? this.#form.end(whole, at) : null;
    }
    const wanted = end === null ? 0 : end - at;
    if (wanted > MAX_PACKET_BYTES) {
      packets.push({ binary: true, bytes: whole.subarray(at) });
      at = whole.length;
    }
    this.#held = at < whole.length ? [whole.subarray(at)] : [];
    this.#bytes = whole.length - at;
    this.#wanted = this.#bytes === 0 ? 0 : wanted;
    return packets;
  }
}

/** How the packets of a dialect lie in its messages; null: a message is what is said. */
export function packetFormOf(dialect: string | null): PacketForm | null {
  return dialect === null ? null : (findDialect(dialect)?.packets ?? null);
}

/** A conversation packet by packet where its dialect has such; otherwise as it is. Numbers then count packets. */
export function inPackets(conversation: RecordedConversation): RecordedConversation {
  const form = packetFormOf(conversation.facts.dialect);
  if (form === null) return conversation;
  const lanes: Readonly<Record<Direction, Packets>> = { sent: new Packets(form), received: new Packets(form) };
  const messages: SaidMessage[] = [];
  for (const message of conversation.messages)
    for (const said of lanes[message.direction].push(message))
      messages.push({ ...said, direction: message.direction, atMs: message.atMs, number: messages.length + 1 });
  return { ...conversation, messages };
}

/** The packet with the id that the other side has made now where it sends a recorded one back. */
export function withIdOfNow<T extends Said>(said: T, form: PacketForm | null, carried: Carried): T {
  const at = said.binary ? (form?.idSentBack(said.bytes) ?? null) : null;
  if (at === null) return said;
  const bytes = Buffer.from(said.bytes);
  const now = carried.get(bytes.readUInt16BE(at));
  if (typeof now !== 'number' || now < 0 || now > 0xffff) return said;
  bytes.writeUInt16BE(now, at);
  return { ...said, bytes };
}
