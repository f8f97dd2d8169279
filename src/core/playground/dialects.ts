import { isObject, parseObject } from './auth.js';
import type { Behaviour } from './behaviour.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openPeer, type Peer } from './peer.js';
import type { Visit } from './visit.js';

const SUBPROTOCOL = 'graphql-transport-ws';
const MAX_SUBSCRIPTIONS = 1_000;

const wamp = JSON.stringify([3, { message: 'no such realm' }, 'wamp.error.no_such_realm']);
/** How each dialect says no after the opening handshake: subprotocol, refusal, and the Close that follows it. */
const REFUSALS: Readonly<Record<string, { token: string | null; answer: string | Buffer; close: [number, string] }>> = {
  'graphql-ws': {
    token: 'graphql-ws',
    answer: '{"type":"connection_error","payload":{"message":"Unauthorized"}}',
    close: [1011, 'Unauthorized'],
  },
  'socket.io': { token: null, answer: '44{"message":"Unauthorized"}', close: [1000, ''] },
  signalr: { token: null, answer: '{"error":"Handshake was canceled: Unauthorized."}\x1e', close: [1000, ''] },
  wamp: { token: 'wamp.2.json', answer: wamp, close: [1000, ''] },
  // CONNACK with return code 5: not authorized.
  mqtt: { token: 'mqtt', answer: Buffer.from('20020005', 'hex'), close: [1000, ''] },
  'home-assistant': {
    token: null,
    answer: '{"type":"auth_invalid","message":"Invalid access token or password"}',
    close: [1000, ''],
  },
};

export const dialects: readonly Behaviour[] = [
  {
    path: '/graphql',
    group: 'Dialects',
    summary: `${SUBPROTOCOL}: acknowledges, answers pings, gives three results to a subscription; closes 4400 to 4429.`,
    parameters: 'ms=3000',
    takes: 'websocket',
    run: graphql,
  },
  {
    path: '/refuse-login',
    group: 'Dialects',
    summary: 'Opens, and refuses the first message as servers of the dialect refuse a login; then closes.',
    parameters: `dialect=${Object.keys(REFUSALS).join('|')}`,
    takes: 'websocket',
    run: (visit) => {
      const { token, answer, close } = REFUSALS[visit.text('dialect', '')] ?? REFUSALS['graphql-ws']!;
      openPeer(visit, {
        ...(token !== null && visit.offered.includes(token) ? { changes: { subprotocol: [token] } } : {}),
        onData: (_frame, peer) => {
          peer.write(encodeFrame({ opcode: typeof answer === 'string' ? 1 : 2, payload: answer }));
          peer.close(...close);
        },
      });
    },
  },
];

type Message = Readonly<Record<string, unknown>>;

/** The server's side of graphql-transport-ws for one connection: enough to be right about, and wrong to. */
class GraphqlServer {
  #acknowledged = false;
  #greeted = false;
  readonly #subscriptions = new Set<string>();

  constructor(
    private readonly visit: Visit,
    private readonly timer: NodeJS.Timeout,
  ) {}

  receive(message: Message | null, peer: Peer): void {
    switch (message?.['type']) {
      case 'connection_init':
        this.#init(message, peer);
        break;
      case 'ping':
        peer.sendJson({ type: 'pong', ...(message['payload'] === undefined ? {} : { payload: message['payload'] }) });
        break;
      case 'pong':
        break;
      case 'subscribe':
        this.#subscribe(message, peer);
        break;
      case 'complete':
        this.#subscriptions.delete(String(message['id']));
        break;
      default:
        peer.close(4400, 'Invalid message received');
    }
  }

  /** A payload with the token `bad` is refused. */
  #init(message: Message, peer: Peer): void {
    const payload = message['payload'];
    if (this.#greeted) peer.close(4429, 'Too many initialisation requests');
    else if (isObject(payload) && payload['token'] === 'bad') peer.close(4403, 'Forbidden');
    else {
      this.#acknowledged = true;
      peer.sendJson({ type: 'connection_ack' });
    }
    this.#greeted = true;
    this.visit.wire.cancel(this.timer);
  }

  #subscribe(message: Message, peer: Peer): void {
    const { id, payload } = message;
    if (!this.#acknowledged) peer.close(4401, 'Unauthorized');
    else if (typeof id !== 'string' || id === '' || !isObject(payload) || typeof payload['query'] !== 'string') {
      peer.close(4400, 'Invalid message received');
    } else if (this.#subscriptions.size === MAX_SUBSCRIPTIONS) peer.close(4400, 'Too many subscriptions');
    else if (this.#subscriptions.has(id)) peer.close(4409, `Subscriber for ${id} already exists`);
    else this.#start(id, peer);
  }

  #start(id: string, peer: Peer, count = 1): void {
    this.#subscriptions.add(id);
    this.visit.wire.after(10, () => {
      if (!this.#subscriptions.has(id)) return;
      if (count > 3) {
        this.#subscriptions.delete(id);
        peer.sendJson({ id, type: 'complete' });
        return;
      }
      peer.sendJson({ id, type: 'next', payload: { data: { count } } });
      this.#start(id, peer, count + 1);
    });
  }
}

function graphql(visit: Visit): void {
  if (!visit.offered.includes(SUBPROTOCOL)) {
    const peer = openPeer(visit, { onData: null });
    visit.wire.after(0, () => peer.close(4406, 'Subprotocol not acceptable'));
    return;
  }
  const timer = visit.wire.after(visit.milliseconds('ms', 3_000), () =>
    peer.close(4408, 'Connection initialisation timeout'),
  );
  const server = new GraphqlServer(visit, timer);
  const peer = openPeer(visit, {
    changes: { subprotocol: [SUBPROTOCOL] },
    onData: (frame, from) => server.receive(parseObject(frame.payload.toString()), from),
  });
}
