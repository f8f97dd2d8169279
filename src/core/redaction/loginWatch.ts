import { type Frame, OPCODE } from '../base/frame.js';
import type { InflatedMessage } from '../base/model.js';
import { setBounded } from '../base/setBounded.js';
import { MAX_LOGIN_BYTES, saidCredentials } from './saidCredentials.js';

/** Logins stand at the start of a connection: more of its messages are not read. */
const MAX_MESSAGES = 16;
const MAX_CONNECTIONS = 10_000;
/** Each costs every text that is searched. */
const MAX_SECRETS = 200;

/** So many half messages are held at a time. */
const MAX_HALVES = 100;

type LoginFrame = Pick<Frame, 'direction' | 'fin' | 'rsv1' | 'opcode' | 'payload'>;

/** Reads the first messages of connections for credentials, before anybody else is told of them. */
export class LoginWatch {
  readonly #secrets: string[];
  readonly #read = new Map<number, number>();
  /** Messages whose last fragment is still to come, by connection. */
  readonly #halves = { sent: new Map<number, Buffer>(), received: new Map<number, Buffer>() };

  /** What is found is added to the secrets. */
  constructor(secrets: string[]) {
    this.#secrets = secrets;
  }

  /** A frame of a message; of compressed ones the content comes later. */
  frame(frame: LoginFrame, connection: number): void {
    const { direction, fin, opcode, payload, rsv1 } = frame;
    if (opcode === OPCODE.continuation) return this.#goOn(frame, connection);
    if (opcode !== OPCODE.text && opcode !== OPCODE.binary) return;
    // What went before it was never finished.
    if (this.#halves[direction].size > 0) this.#halves[direction].delete(connection);
    if (rsv1 || !this.#isEarly(connection)) return;
    if (fin) this.#learn(payload);
    else setBounded(this.#halves[direction], connection, Buffer.from(payload), MAX_HALVES);
  }

  #goOn({ direction, fin, payload }: LoginFrame, connection: number): void {
    const halves = this.#halves[direction];
    const half = halves.size > 0 ? halves.get(connection) : undefined;
    if (half === undefined) return;
    const whole = Buffer.concat([half, payload]);
    if (fin) this.#learn(whole);
    if (fin || whole.length > MAX_LOGIN_BYTES) halves.delete(connection);
    else halves.set(connection, whole);
  }

  message(bytes: Uint8Array, connection: number): void {
    if (this.#isEarly(connection)) this.#learn(bytes);
  }

  over(connection: number): void {
    this.#read.delete(connection);
    this.#halves.sent.delete(connection);
    this.#halves.received.delete(connection);
  }

  #isEarly(connection: number): boolean {
    const read = this.#read.get(connection) ?? 0;
    if (read >= MAX_MESSAGES) return false;
    setBounded(this.#read, connection, read + 1, MAX_CONNECTIONS);
    return true;
  }

  #learn(bytes: Uint8Array): void {
    for (const secret of saidCredentials(bytes)) {
      if (this.#secrets.length < MAX_SECRETS && !this.#secrets.includes(secret)) this.#secrets.push(secret);
    }
  }
}

/** The same of a connection whose first frames are kept, whole compressed messages by their last frame. */
export function saidIn({ frames, inflated }: Kept): readonly string[] {
  const secrets: string[] = [];
  const watch = new LoginWatch(secrets);
  for (const frame of frames) {
    const content = inflated.get(frame);
    if (content)
      watch.message(
        Buffer.from(content.text ?? content.base64 ?? '', content.text === undefined ? 'base64' : 'utf8'),
        1,
      );
    else watch.frame(frame, 1);
  }
  return secrets;
}

interface Kept {
  readonly frames: readonly Frame[];
  readonly inflated: ReadonlyMap<Frame, Pick<InflatedMessage, 'text' | 'base64'>>;
}
