import { parseObject } from './auth.js';
import type { Behaviour } from './behaviour.js';
import type { ClientFrame } from './frame.js';
import { openPeer, type Peer } from './peer.js';
import type { Room, Visit } from './visit.js';

const PASSWORD = 'playground';
const MAX_MEMBERS = 1_000;
const MAX_BUFFERED_BYTES = 16_777_216;

export const conversations: readonly Behaviour[] = [
  {
    path: '/login',
    group: 'Healthy',
    summary: `Takes {"type":"login","user","password":"${PASSWORD}"}, gives a token, and three events to who subscribes with it; closes 4401.`,
    takes: 'websocket',
    run: login,
  },
  {
    path: '/chat',
    group: 'Healthy',
    summary: 'Tells everybody in a room who joins and leaves, and the others what one says.',
    parameters: 'room=lobby',
    takes: 'websocket',
    run: chat,
  },
];

function login(visit: Visit): void {
  let token: string | null = null;
  const onData = (frame: ClientFrame, peer: Peer): void => {
    const message = parseObject(frame.payload.toString());
    const { type, user, topic } = message ?? {};
    if (type === 'login' && typeof user === 'string' && message?.['password'] === PASSWORD) {
      token = `token-of-${user}`;
      peer.sendJson({ type: 'welcome', user, token });
    } else if (type === 'subscribe' && token !== null && message?.['token'] === token) {
      peer.sendJson({ type: 'subscribed', topic });
      for (let number = 1; number <= 3; number++) peer.sendJson({ type: 'event', topic, number });
    } else {
      peer.sendJson({ type: 'error', message: type === 'login' ? 'Wrong user or password' : 'Not logged in' });
      peer.close(4401, 'Unauthorized');
    }
  };
  openPeer(visit, { onData });
}

function chat(visit: Visit): void {
  const { rooms } = visit.book;
  const name = visit.text('room', 'lobby');
  const room: Room = rooms.get(name) ?? new Map();
  rooms.set(name, room);
  const tellAll = (message: object, except?: Visit): void => {
    for (const [member, { tell }] of room) if (member !== except && canTake(member)) tell(message);
  };
  const onData = (frame: ClientFrame, peer: Peer): void => {
    const { type, user, text } = parseObject(frame.payload.toString()) ?? {};
    const own = room.get(visit);
    if (type === 'join' && typeof user === 'string' && !own && room.size < MAX_MEMBERS) {
      room.set(visit, { user, tell: (message) => peer.sendJson(message) });
      tellAll({ type: 'joined', user });
    } else if (type === 'say' && own) tellAll({ type: 'said', from: own.user, text }, visit);
    else peer.close(4400, 'Join first, then say');
  };
  visit.wire.socket.once('close', () => {
    const own = room.get(visit);
    room.delete(visit);
    if (room.size === 0 && rooms.get(name) === room) rooms.delete(name);
    if (own) tellAll({ type: 'left', user: own.user });
  });
  openPeer(visit, { onData });
}

/** A member that does not read must not fill memory with what the others say. */
function canTake({ wire: { socket } }: Visit): boolean {
  if (socket.writableLength > MAX_BUFFERED_BYTES) socket.destroy();
  return !socket.destroyed;
}
