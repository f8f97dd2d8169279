import { plainText } from '../../base/plainText.js';
import { decoded } from '../decoded.js';
import type { Decoded } from '../dialect.js';
import type { SocketIoPacket } from './packet.js';
import { type BinaryValue, binaryValue } from '../value/binary.js';
import { RawJson } from '../value/rawJson.js';

/** A packet may announce more; they are counted, and named as too many. */
const MAX_ATTACHMENTS = 100;

interface Awaited {
  readonly packet: SocketIoPacket;
  readonly of: string;
  readonly total: number;
  seen: number;
  readonly values: BinaryValue[];
}

// A quote within a JSON string is escaped, so this stands for an attachment and nothing else.
const placeholder = /\{"_placeholder":true,"num":(\d{1,3})\}/g;

/** Binary attachments of one direction: they follow the packet that announces them, one a message. */
export class SocketIoAttachments {
  #awaited: Awaited | null = null;

  get holdsValues(): boolean {
    return (this.#awaited?.seen ?? 0) > 0;
  }

  copy(): SocketIoAttachments {
    const copy = new SocketIoAttachments();
    const awaited = this.#awaited;
    copy.#awaited = awaited && { ...awaited, values: [...awaited.values] };
    return copy;
  }

  /** A new packet; what the last one still lacked is told. */
  begin(packet: SocketIoPacket): { readonly of: string; readonly problem: string } | null {
    const last = this.#awaited;
    this.#awaited = packet.attachments > 0 ? awaited(packet) : null;
    if (last === null) return null;
    return { of: last.of, problem: `${last.total - last.seen} of ${last.total} attachments never came` };
  }

  take(bytes: Uint8Array): Decoded {
    const awaited = this.#awaited;
    const size = `(${bytes.length} bytes)`;
    if (awaited === null) {
      return decoded({ label: ['binary', size], role: 'event', problem: 'no packet announced an attachment' });
    }
    awaited.seen++;
    if (awaited.values.length < MAX_ATTACHMENTS) awaited.values.push(binaryValue(bytes));
    const complete = awaited.seen === awaited.total;
    if (complete) this.#awaited = null;
    return decoded({
      label: ['attachment', `${awaited.seen}/${awaited.total}`, 'of', awaited.of, size],
      role: 'event',
      problem: awaited.seen > MAX_ATTACHMENTS ? `more than ${MAX_ATTACHMENTS} attachments` : null,
      value: complete && awaited.packet.problem === null ? () => whole(awaited) : null,
    });
  }
}

function awaited(packet: SocketIoPacket): Awaited {
  const of = packet.type === 5 ? plainText(packet.data?.at(0)?.text ?? '', 80) : `ack ${packet.id ?? ''}`;
  // Long JSON is not kept while its attachments are on their way.
  const kept = packet.json.length <= MAX_KEPT_JSON ? packet : { ...packet, json: '', data: null };
  return { packet: kept, of, total: packet.attachments, seen: 0, values: [] };
}

const MAX_KEPT_JSON = 65_536;

function whole({ packet, values }: Awaited): unknown {
  if (packet.json === '') return { attachments: values };
  const data = packet.json.replace(placeholder, (text, index: string) => {
    const value = values[Number(index)];
    return value ? JSON.stringify(value) : text;
  });
  return { namespace: packet.namespace, id: packet.id ?? undefined, data: new RawJson(data) };
}
