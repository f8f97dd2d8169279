import type { IncomingMessage } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { Report } from '../../base/model.js';
import type { ResponseHead } from '../../handshake/handshake.js';
import { ResponseHeadReader } from '../../handshake/responseHeadReader.js';
import type { RecordedConversation } from '../../record/conversations.js';
import { MockDoor } from '../mock/mockDoor.js';
import type { MockEvent } from '../mock/mockEvents.js';

/** What gateways answer with where nobody is behind them. */
const DOWN_STATUS: readonly number[] = [502, 503, 504];

export interface StandInOptions {
  /** What the recording is called. */
  readonly name: string;
  readonly conversations: readonly RecordedConversation[];
  /** Blotted out of what is noted. */
  readonly secrets: readonly string[];
  /** Something is to be known of a connection. */
  readonly note: (connection: number, text: string) => void;
}

/** An answered opening handshake: what follows it is read from `stream`. */
export interface StoodIn {
  readonly stream: Duplex;
  readonly head: ResponseHead;
  /** Came with the head. */
  readonly rest: Uint8Array;
}

/** Answers clients as a recording did, in the place of a server that is down. */
export class StandIn {
  readonly name: string;
  readonly #door: MockDoor;
  readonly #connections = new Map<number, number>();
  readonly #note: StandInOptions['note'];

  constructor({ conversations, name, note, secrets }: StandInOptions) {
    this.name = name;
    this.#note = note;
    this.#door = new MockDoor({ conversations, secrets, pace: 'fast', onEvent: (event) => this.#tell(event) });
  }

  /** Null where it cannot answer. */
  async answer(request: IncomingMessage, connection: number): Promise<StoodIn | null> {
    const [near, far] = duplexPair();
    for (const side of [near, far]) side.on('error', () => undefined);
    // The end of the one is that of the other, behind what is under way.
    far.once('close', () => setImmediate(() => near.destroy()));
    near.once('close', () => far.destroy());
    // What is compressed could not be held and changed.
    delete request.headers['sec-websocket-extensions'];
    this.#connections.set(this.#door.enter(request, far, Buffer.alloc(0)), connection);
    const reader = new ResponseHeadReader();
    return new Promise((resolve) => {
      const onData = (chunk: Uint8Array) => {
        const read = reader.push(chunk);
        if (read.state === 'more') return;
        near.off('data', onData);
        near.pause();
        resolve(read.state === 'head' ? { stream: near, head: read.head, rest: read.rest } : null);
      };
      near.on('data', onData);
      near.once('close', () => resolve(null));
    });
  }

  stop(): void {
    this.#door.close();
  }

  #tell(event: MockEvent): void {
    const connection = this.#connections.get(event.client);
    if (connection === undefined) return;
    if (event.kind === 'closed') this.#connections.delete(event.client);
    else if (event.kind === 'unmatched') this.#note(connection, `${this.name} has nothing like this: ${event.message}`);
    else if (event.kind === 'answered' && event.by === 'type')
      this.#note(connection, `Taken for message ${event.request} of ${this.name} by its type alone.`);
    else if (event.kind === 'connected')
      this.#note(connection, `${this.name} answers, as connection ${event.connection} of it was answered.`);
  }
}

/** Whether nobody answered, or a gateway whose server is away; a server whose certificate is refused is there. */
export function isDown({ error, response }: Pick<Report, 'error' | 'response'>): boolean {
  if (response !== null) return DOWN_STATUS.includes(response.status);
  return error?.phase !== 'tls';
}
