import type { DigestChecker } from './digestChecker.js';
import type { ProxyKind } from '../../src/core/base/model.js';

/** How a proxy misbehaves once it was asked: an answer of no protocol, half an answer and FIN, FIN, RST, nothing, headers without end. */
export type ProxyBehaviour = 'rubbish' | 'midway' | 'close' | 'reset' | 'silence' | 'endless-headers' | 'drip';

export interface ProxyOptions {
  readonly kind: ProxyKind;
  /** Asked for; without it everybody is let in. SOCKS 4 looks at the user name only. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** HTTP: asks for Digest in its place. */
  readonly digest?: DigestChecker;
  /** Answers this to whoever is let in: an HTTP status, or a SOCKS reply code. */
  readonly refuse?: number;
  /** Of an `https` proxy; the playground's good certificate for localhost and 127.0.0.1 otherwise. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly behaviour?: ProxyBehaviour;
  /** Sent behind the answer, in the same write. */
  readonly behind?: Uint8Array;
  /** Names that the proxy knows, and the loopback addresses they lead to. */
  readonly resolve?: Readonly<Record<string, string>>;
}

/** What a client asked for, the bytes as they came. */
export interface ProxyRequest {
  readonly bytes: Buffer;
  /** Host as the client wrote it, without brackets. */
  readonly host: string;
  readonly port: number;
  /** HTTP: value of Proxy-Authorization; SOCKS: `user:password`, `user`. Null: none was sent. */
  readonly credentials: string | null;
}
