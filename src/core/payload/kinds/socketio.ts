import type { SocketIoPayload } from '../../base/message.js';
import { fill, fillDeep } from '../fill.js';
import { type PayloadEncoder, textPayload, unencodable } from './kind.js';

/** Engine.IO MESSAGE, then Socket.IO EVENT: https://socket.io/docs/v4/socket-io-protocol/#packet-encoding */
export const encode: PayloadEncoder = ({ event, args = [], namespace = '/', ack }: SocketIoPayload, context) => {
  const path = fill(namespace, context);
  if (path.includes(',')) throw unencodable('socketio', 'has a comma in its namespace, which would end it.');
  const id = ack === undefined ? '' : fill(String(ack), context);
  if (!/^\d{0,16}$/.test(id)) throw unencodable('socketio', 'needs an `ack` of digits.');
  const data = JSON.stringify([fill(event, context), ...args.map((item) => fillDeep(item, context))]);
  return textPayload(`42${path === '/' ? '' : `${path},`}${id}${data}`);
};
