import { readJson } from '../shape/jsonShape.js';
import type { Shape } from '../shape/shape.js';

/** One Socket.IO packet (protocol 4 and 5), read leniently: what is odd is said in `problem`, not refused. */
export interface SocketIoPacket {
  /** 0 to 6; -1 when the text begins with none of them. */
  readonly type: number;
  readonly attachments: number;
  readonly namespace: string;
  /** Acknowledgement id as it stands in the text. */
  readonly id: string | null;
  readonly json: string;
  /** Null without JSON, and where it is none. */
  readonly data: Shape | null;
  readonly problem: string | null;
}

export const PACKET_NAMES = ['CONNECT', 'DISCONNECT', 'EVENT', 'ACK', 'CONNECT_ERROR', 'BINARY_EVENT', 'BINARY_ACK'];

// type, attachments "-", namespace with query ",", acknowledgement id; what is left is JSON.
const head = /^([0-6])(?:(\d{1,9})-)?(?:(\/[^,]{0,1000})(?:,|$))?(\d{1,20})?/;

/** https://socket.io/docs/v4/socket-io-protocol/#packet-encoding */
export function parseSocketIoPacket(text: string): SocketIoPacket {
  const match = head.exec(text);
  const [whole = '', type = '-1', attachments = '0', namespace = '/', id = null] = match ?? [];
  const json = text.slice(whole.length);
  const { shape, problem } = json === '' ? { shape: null, problem: null } : readJson(json);
  return {
    type: Number(type),
    attachments: Number(attachments),
    namespace,
    id,
    json,
    data: shape,
    problem: match ? problem : 'no Socket.IO packet type',
  };
}
