import { quote } from '../../handshake/headLine.js';
import { failed, type Outcome, success } from '../outcome.js';
import type { Dialogue, Peer } from './converse.js';
import type { SocksCode } from './socksReplies.js';

/** A turn of ours: what is said, and how many bytes of answer are waited for. */
interface SocksTurn {
  readonly say?: Uint8Array;
  readonly need: number;
}

/** A SOCKS exchange in the order of its steps. Gets exactly the bytes it asked for; returns the refusal, null: granted. */
export type SocksScript = Generator<SocksTurn, Outcome<never> | null, Buffer>;

/** Runs a script over bytes in any split. The first byte of each script's answer is the protocol's own. */
export class SocksDialogue implements Dialogue {
  readonly opening: Uint8Array | Promise<Outcome<Uint8Array>>;
  readonly #script: SocksScript;
  readonly #version: 4 | 5;
  #need: number;
  #pending: Buffer = Buffer.alloc(0);
  #begun = false;

  /** `script` begins after the opening was said, and its first turn says nothing. */
  constructor(version: 4 | 5, opening: Dialogue['opening'], script: SocksScript) {
    this.#version = version;
    this.opening = opening;
    this.#script = script;
    const first = script.next();
    this.#need = first.done ? 0 : first.value.need;
  }

  received(chunk: Buffer, peer: Peer): Outcome<Uint8Array> | null {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (!this.#begun) {
      const alien = this.#alien();
      if (alien !== 'none') return alien;
      this.#begun = true;
    }
    while (this.#pending.length >= this.#need) {
      const taken = this.#pending.subarray(0, this.#need);
      this.#pending = this.#pending.subarray(this.#need);
      const step = this.#script.next(taken);
      if (step.done) return step.value ?? success(this.#pending);
      this.#need = step.value.need;
      if (step.value.say) peer.say(step.value.say);
    }
    return null;
  }

  verdict(): Outcome<never> | null {
    return this.#begun || this.#pending.length === 0 ? null : this.#notSocks();
  }

  /** Whether the peer speaks something else; null: one more byte tells. */
  #alien(): Outcome<never> | 'none' | null {
    const [first] = this.#pending;
    if (first === (this.#version === 5 ? 5 : 0)) return 'none';
    const text = this.#pending.toString('latin1', 0, HTTP.length);
    return text.length < HTTP.length && HTTP.startsWith(text) ? null : this.#notSocks();
  }

  #notSocks(): Outcome<never> {
    const first = this.#pending[0] ?? 0;
    if (this.#pending.toString('latin1').startsWith(HTTP)) {
      return malformed('This is an HTTP proxy, not SOCKS: use http:// instead.');
    }
    if (this.#version === 5 && (first === 0 || first === 4)) {
      return malformed('The proxy speaks SOCKS 4, not SOCKS 5: use socks4a:// instead.');
    }
    if (this.#version === 4 && first === 5) {
      return malformed('The proxy speaks SOCKS 5, not SOCKS 4: use socks5:// instead.');
    }
    const bytes = quote(this.#pending.toString('latin1', 0, 32));
    return malformed(`The proxy's answer is not SOCKS ${this.#version}: it begins with ${bytes}`);
  }
}

const HTTP = 'HTTP/';

/** A SOCKS proxy said no, or nothing that makes sense. */
export function refused(code: SocksCode, message: string): Outcome<never> {
  return failed('proxy', 'socks', message, code);
}

/** The proxy's answer breaks the protocol. */
export function malformed(message: string): Outcome<never> {
  return refused('malformed', message);
}
