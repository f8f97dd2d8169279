import { type Frame, OPCODE } from '../base/frame.js';
import type { InflatedMessage } from '../base/model.js';
import { setBounded } from '../base/setBounded.js';
import { saidCredentials } from './saidCredentials.js';

/** Logins stand at the start of a connection: more of its messages are not read. */
const MAX_MESSAGES = 16;
const MAX_CONNECTIONS = 10_000;
/** Each costs every text that is searched. */
const MAX_SECRETS = 200;

/** Reads the first messages of connections for credentials, before anybody else is told of them. */
export class LoginWatch {
  readonly #secrets: string[];
  readonly #read = new Map<number, number>();

  /** What is found is added to the secrets. */
  constructor(secrets: string[]) {
    this.#secrets = secrets;
  }

  /** A frame that is a message by itself; of others the content comes later, or in pieces that say nothing. */
  frame(frame: Pick<Frame, 'fin' | 'rsv1' | 'opcode' | 'payload'>, connection: number): void {
    const isMessage = frame.opcode === OPCODE.text || frame.opcode === OPCODE.binary;
    if (isMessage && frame.fin && !frame.rsv1 && this.#isEarly(connection)) this.#learn(frame.payload);
  }

  message(bytes: Uint8Array, connection: number): void {
    if (this.#isEarly(connection)) this.#learn(bytes);
  }

  over(connection: number): void {
    this.#read.delete(connection);
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
