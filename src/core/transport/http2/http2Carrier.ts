import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
  type Settings,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Http2Info } from '../../model.js';
import { plainText } from '../../plainText.js';
import { type Clock } from '../clock.js';
import { errorCode, failed, failedWith, type Outcome, success, wait } from '../outcome.js';

/** More SETTINGS and PING frames than this in a second are a flood (RFC 9113 10.5): the connection is ours to end. */
const MAX_CONTROL_FRAMES = 1_000;
const CONTROL_WINDOW_MS = 1_000;
/** What is told of a GOAWAY's debug data. */
const MAX_DEBUG_CHARACTERS = 200;

export interface Http2CarrierOptions {
  /** `host:port` as in the URL, for `:authority`. */
  readonly authority: string;
  readonly clock: Clock;
}

/** One HTTP/2 connection of ours over a connected stream, and how many WebSockets use it. The last one to let go closes it. */
export class Http2Carrier {
  readonly authority: string;
  settingsMs: number | null = null;
  /** Why the whole connection ended, in words of ours; null while it lives or when we ended it. */
  ended: { readonly kind: 'server-fin' | 'server-reset'; readonly error: Error | null } | null = null;
  flooded = false;
  readonly #clock: Clock;
  readonly #session: ClientHttp2Session;
  #users = 1;
  /** As the peer first sent them; a destroyed session forgets. */
  #settings: Settings | null = null;
  #goaway: Http2Info['goaway'] = null;
  #controlFrames = 0;
  #windowStartMs = 0;
  #failure: Error | null = null;

  constructor(stream: Duplex, { authority, clock }: Http2CarrierOptions) {
    this.authority = authority;
    this.#clock = clock;
    stream.once('end', () => this.#over('server-fin', null));
    stream.on('error', (error) => this.#over('server-reset', error));
    // The authority is told with each request: the URL here only names the scheme.
    this.#session = connect(`http://${authority}`, {
      createConnection: () => stream,
      settings: { enablePush: false },
    });
    this.#session.on('error', (error) => {
      this.#failure ??= error;
    });
    this.#session.on('goaway', (code, lastStreamId, debug) => {
      const text = plainText(Buffer.from(debug ?? []).toString('latin1'), MAX_DEBUG_CHARACTERS).trim();
      this.#goaway = { code: errorName(code), lastStreamId, debug: text };
    });
    this.#session.on('ping', () => this.#control());
    this.#session.on('remoteSettings', () => this.#control());
  }

  /** One more stream may be opened. */
  get usable(): boolean {
    const { closed, destroyed } = this.#session;
    return !closed && !destroyed && this.#users > 0 && this.#goaway === null && this.ended === null;
  }

  get info(): Http2Info {
    const settings = this.#settings;
    return {
      streamId: null,
      enableConnectProtocol: settings ? settings.enableConnectProtocol === true : null,
      maxConcurrentStreams: settings?.maxConcurrentStreams ?? null,
      initialWindowSize: settings?.initialWindowSize ?? null,
      shared: false,
      goaway: this.#goaway,
      reset: null,
    };
  }

  /** Waits for the peer's SETTINGS, and refuses a peer that takes no extended CONNECT (RFC 8441 3). */
  async ready(timeoutMs: number, signal: AbortSignal | undefined): Promise<Outcome<this>> {
    const session = this.#session;
    const settled = await wait<this>(
      { phase: 'upgrade', timeoutMs, timeoutMessage: `No HTTP/2 SETTINGS within ${timeoutMs} ms.`, signal },
      (settle) => {
        const onSettings = () => {
          this.settingsMs ??= this.#clock();
          this.#settings = session.remoteSettings;
          settle(success(this));
        };
        const onClose = () => settle(this.#refusal('before its SETTINGS came'));
        session.once('remoteSettings', onSettings);
        session.once('close', onClose);
        return () => {
          session.off('remoteSettings', onSettings);
          session.off('close', onClose);
        };
      },
    );
    if (!settled.ok || session.remoteSettings.enableConnectProtocol === true) return settled;
    const message = 'The server speaks HTTP/2 but did not announce SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 3).';
    return failed('upgrade', 'http2', message, 'http2.not-supported');
  }

  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    return this.#session.request(headers, { endStream: false });
  }

  /** One more WebSocket uses it. */
  share(): void {
    this.#users += 1;
  }

  /** One user less; the last one closes the connection. */
  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#session.destroy();
  }

  /** Why HTTP/2 itself ended the attempt. */
  #refusal(when: string): Outcome<never> {
    return this.failure(`The peer ended the HTTP/2 connection ${when}.`);
  }

  /** What ended the connection, as a failure of the upgrade. */
  failure(fallback: string): Outcome<never> {
    if (this.flooded) {
      const message = `The peer sent more than ${MAX_CONTROL_FRAMES} SETTINGS or PING frames in a second; we ended the connection.`;
      return failed('upgrade', 'http2', message, 'limit.http2-flood');
    }
    if (this.#goaway) {
      const { code, debug } = this.#goaway;
      const message = `The peer sent GOAWAY (${code}${debug === '' ? '' : `: ${debug}`}).`;
      return failed('upgrade', 'http2', message, 'http2.goaway');
    }
    if (this.#failure && errorCode(this.#failure)?.startsWith('ERR_HTTP2')) {
      return failed('upgrade', 'http2', this.#failure.message, 'http2.refused');
    }
    if (this.ended?.kind === 'server-reset' && this.ended.error) {
      return failedWith('upgrade', this.ended.error, 'reset');
    }
    return failed('upgrade', 'end', fallback);
  }

  #over(kind: 'server-fin' | 'server-reset', error: Error | null): void {
    if (this.#session?.destroyed) return;
    this.ended ??= { kind, error };
  }

  #control(): void {
    const nowMs = this.#clock();
    if (nowMs - this.#windowStartMs > CONTROL_WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#controlFrames = 0;
    }
    this.#controlFrames += 1;
    if (this.#controlFrames <= MAX_CONTROL_FRAMES || this.flooded) return;
    this.flooded = true;
    this.#session.destroy();
  }
}

/** Error codes by number (RFC 9113 7): 8 is `CANCEL`. */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? `0x${code.toString(16)}`;
}

const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
