import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type OutgoingHttpHeaders,
  type Settings,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Http2Info, Phase } from '../../../base/model.js';
import { plainText } from '../../../base/plainText.js';
import type { Clock } from '../../../base/clock.js';
import { failed, failedWith, type Outcome, success, wait } from '../../outcome.js';
import { isTlsAlert } from '../../secure.js';
import { errorName, isFlood, isHeaderFlood, isHttp2Error } from './http2Errors.js';
import { nativeSession, outlive } from './outliving.js';

/** More SETTINGS and PING frames than this in a second are a flood (RFC 9113 10.5): the connection is ours to end. */
const MAX_CONTROL_FRAMES = 1_000;
const CONTROL_WINDOW_MS = 1_000;
/** Of all ORIGIN frames together. */
const MAX_ORIGIN_CHARACTERS = 65_536;
/** What is told of a GOAWAY's debug data. */
const MAX_DEBUG_CHARACTERS = 200;
/** What was written last may take this long to leave once nobody uses the connection. */
const LINGER_MS = 500;
const NO_LIMIT = 0xffffffff;
/** What a peer may send before we have read it. HTTP/2's own 64 KiB halve the speed of large messages. */
const WINDOW_BYTES = 1024 * 1024;

/** The typings lag behind. */
const OPTIONS: ClientSessionOptions & { readonly maxHeaderListPairs: number } = {
  settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
  maxHeaderListPairs: 2_000,
  maxReservedRemoteStreams: 0,
};

export interface Http2ConnectionOptions {
  /** `host:port` as in the URL, for `:authority`. */
  readonly authority: string;
  readonly clock: Clock;
}

/** One HTTP/2 connection of ours over a connected stream, and how many WebSockets use it. The last one to let go closes it. */
export class Http2Connection {
  readonly authority: string;
  /** Who ended the TCP connection beneath; null while it lives or when we ended it. */
  ended: { readonly kind: 'server-fin' | 'server-reset'; readonly error: Error | null } | null = null;
  readonly #clock: Clock;
  readonly #stream: Duplex;
  readonly #session: ClientHttp2Session;
  #native: object | null = null;
  #users = 1;
  #settingsMs: number | null = null;
  /** As the peer sent them last; a destroyed session forgets. */
  #settings: Settings | null = null;
  #goaway: Http2Info['goaway'] = null;
  #flooded = false;
  #controlFrames = 0;
  #windowStartMs = 0;
  #originCharacters = 0;
  #failure: Error | null = null;
  #onClosed: () => void = () => {};

  constructor(stream: Duplex, { authority, clock }: Http2ConnectionOptions) {
    this.authority = authority;
    this.#clock = clock;
    this.#stream = stream;
    stream.once('end', () => this.#over('server-fin', null));
    stream.on('error', (error) => {
      this.#over('server-reset', error);
      // By itself Node waits for writes that will never be through.
      stream.destroy();
    });
    // The authority is told with each request: the URL here only names the scheme.
    this.#session = connect(`http://${authority}`, { ...OPTIONS, createConnection: () => stream });
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(WINDOW_BYTES);
    });
    this.#session.on('error', (error) => this.failedBy(error));
    this.#session.on('goaway', (code, lastStreamId, debug) => {
      const text = plainText(Buffer.from(debug ?? []).toString('latin1'), MAX_DEBUG_CHARACTERS).trim();
      this.#goaway = { code: errorName(code), lastStreamId, debug: text };
    });
    this.#session.on('ping', () => this.#control());
    this.#session.on('origin', (origins) => this.#named(origins));
    this.#session.on('remoteSettings', () => {
      this.#native = nativeSession();
      this.#settings = this.#session.destroyed ? this.#settings : this.#session.remoteSettings;
      this.#control();
    });
    this.#session.once('close', () => {
      this.#native = null;
      this.#onClosed();
    });
  }

  /** Neither we nor the peer has ended it. */
  get lives(): boolean {
    return !this.#session.destroyed && this.ended === null;
  }

  /** One more stream may be opened. */
  get usable(): boolean {
    const room = this.#users < (this.#maxStreams() ?? Number.POSITIVE_INFINITY);
    return this.lives && !this.#session.closed && this.#users > 0 && room && this.#goaway === null;
  }

  get info(): Http2Info {
    const settings = this.#settings;
    return {
      streamId: null,
      enableConnectProtocol: settings ? settings.enableConnectProtocol === true : null,
      maxConcurrentStreams: this.#maxStreams(),
      initialWindowSize: settings?.initialWindowSize ?? null,
      shared: false,
      goaway: this.#goaway,
      reset: null,
    };
  }

  /** What it adds to the detail of an upgrade's phase. */
  get phaseDetail(): Phase['detail'] {
    return { httpVersion: '2', settingsMs: this.#settingsMs };
  }

  /** Runs once, when the connection is over. */
  onClosed(action: () => void): void {
    this.#onClosed = action;
  }

  /** Waits for the peer's SETTINGS, and refuses a peer that takes no extended CONNECT (RFC 8441 3). */
  async ready(timeoutMs: number, signal: AbortSignal | undefined): Promise<Outcome<this>> {
    const session = this.#session;
    const settled = await wait<this>(
      { phase: 'upgrade', timeoutMs, timeoutMessage: `No HTTP/2 SETTINGS within ${timeoutMs} ms.`, signal },
      (settle) => {
        const onSettings = () => {
          this.#settingsMs = this.#clock();
          settle(success(this));
        };
        const onClose = () => settle(this.failure('The peer ended the HTTP/2 connection before its SETTINGS came.'));
        session.once('remoteSettings', onSettings);
        session.once('close', onClose);
        return () => {
          session.off('remoteSettings', onSettings);
          session.off('close', onClose);
        };
      },
    );
    if (!settled.ok || this.info.enableConnectProtocol === true) return settled;
    const message = 'The server speaks HTTP/2 but did not announce SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 3).';
    return failed('upgrade', 'http2', message, 'http2.not-supported');
  }

  /** Throws what Node has against the request or the connection. Aborting `signal` resets the stream (CANCEL). */
  request(headers: OutgoingHttpHeaders, signal: AbortSignal): ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream: false, signal });
    if (this.#native) outlive(stream, this.#native);
    return stream;
  }

  /** One more WebSocket uses it. */
  share(): void {
    this.#users += 1;
  }

  /** One user less; the last one closes the connection. `atOnce`: what has not left yet never will. */
  release(atOnce: boolean): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#session.destroy();
    if (this.#stream.destroyed) return;
    if (atOnce) {
      this.#stream.destroy();
      return;
    }
    const timer = setTimeout(() => this.#stream.destroy(), LINGER_MS);
    this.#stream.once('close', () => clearTimeout(timer));
  }

  /** An error of the connection, or of one of its streams. */
  failedBy(error: Error): void {
    if (isHttp2Error(error)) this.#failure ??= error;
  }

  /** The peer's GOAWAY says that it never took up this stream (RFC 9113 6.8). */
  refusedIt(streamId: number | undefined): boolean {
    return this.#goaway !== null && (streamId ?? 0) > this.#goaway.lastStreamId;
  }

  /** What HTTP/2 itself ended the connection with, `code` a finding's id; null when it did not. */
  brokenBy(): Error | null {
    const broken = this.#explain();
    return broken && Object.assign(new Error(broken.message), { code: broken.code });
  }

  /** What ended the connection, as a failure of the upgrade. */
  failure(fallback: string): Outcome<never> {
    const error = this.ended?.error;
    if (error && isTlsAlert(error)) return failedWith('tls', error);
    const broken = this.#explain();
    if (broken) return failed('upgrade', broken.kind, broken.message, broken.code);
    if (this.ended?.kind === 'server-reset' && error) return failedWith('upgrade', error, 'reset');
    return failed('upgrade', 'end', fallback);
  }

  #explain(): { readonly kind: 'http2' | 'headers-too-large'; readonly code: string; readonly message: string } | null {
    const error = this.#failure;
    if (this.#flooded || (error && isFlood(error))) {
      const message = `The peer flooded us with HTTP/2 control frames (more than ${MAX_CONTROL_FRAMES} SETTINGS or PING frames in a second, as many empty ones, or ORIGIN frames without end); we ended the connection.`;
      return { kind: 'http2', code: 'limit.http2-flood', message };
    }
    if (error && isHeaderFlood(error)) {
      const message = `The peer's header went on for too many CONTINUATION frames (our limit); we ended the connection.`;
      return { kind: 'headers-too-large', code: 'ERR_HTTP2_CONTINUATIONS', message };
    }
    if (this.#goaway) {
      const { code, debug } = this.#goaway;
      const message = `The peer sent GOAWAY (${code}${debug === '' ? '' : `: ${debug}`}).`;
      return { kind: 'http2', code: 'http2.goaway', message };
    }
    if (!error) return null;
    if (this.#settings === null) {
      const message = `What answers there does not speak HTTP/2: it began with something else than SETTINGS (${error.message}).`;
      return { kind: 'http2', code: 'http2.not-supported', message };
    }
    return { kind: 'http2', code: 'http2.refused', message: `HTTP/2 broke down: ${error.message}.` };
  }

  /** Null: the peer set no limit, for which Node has a number of its own. */
  #maxStreams(): number | null {
    const limit = this.#settings?.maxConcurrentStreams ?? NO_LIMIT;
    return limit === NO_LIMIT ? null : limit;
  }

  #over(kind: 'server-fin' | 'server-reset', error: Error | null): void {
    // A session that breaks down passes its own error on to the stream beneath.
    if (this.#session.destroyed || (error && isHttp2Error(error))) return;
    this.ended ??= { kind, error };
  }

  #control(): void {
    const nowMs = this.#clock();
    if (nowMs - this.#windowStartMs > CONTROL_WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#controlFrames = 0;
    }
    this.#controlFrames += 1;
    if (this.#controlFrames > MAX_CONTROL_FRAMES) this.#endFlood();
  }

  /** Origins that the server says it speaks for (RFC 8336): Node keeps them all. */
  #named(origins: readonly string[]): void {
    this.#originCharacters += origins.reduce((sum, origin) => sum + origin.length, 0);
    if (this.#originCharacters > MAX_ORIGIN_CHARACTERS) this.#endFlood();
    else this.#control();
  }

  #endFlood(): void {
    if (this.#flooded) return;
    this.#flooded = true;
    this.#session.destroy();
    this.#stream.destroy();
  }
}
