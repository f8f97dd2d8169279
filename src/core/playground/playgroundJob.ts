import { ProbeError } from '../base/errors.js';
import { aborted, stoppable } from '../base/stoppable.js';
import { type Playground, startPlayground } from './startPlayground.js';

/** Where a playground listens, as plain values. */
export interface PlaygroundInfo {
  readonly http: string;
  readonly ws: string;
  readonly wss: string;
  /** WebSocket over HTTP/2: `h2` over TLS, `h2c` by prior knowledge; `h2-plain` takes none over HTTP/2. */
  readonly http2: Playground['http2'];
  /** Proxy to its URL; user `user`, password `pass` where one is asked for. */
  readonly proxies: Playground['proxies'];
  /** PEM of what the TLS variant `clientCertificate` asks for. */
  readonly client: Playground['client'];
  /** PEM of the authority made at start. */
  readonly caPem: string;
  /** TLS variant (`expired`, `selfSigned`…) to its wss URL. */
  readonly tls: Playground['tls'];
  readonly paths: Playground['paths'];
  /** True when the port asked for was in use and free ones were taken. */
  readonly portTaken: boolean;
}

/** A playground that runs until it is stopped or `signal` aborts; `onListening` hears once where it is. */
export function playgroundJob(port: number, onListening: (info: PlaygroundInfo) => void, signal: AbortSignal) {
  return stoppable(async (until) => {
    const { server, portTaken } = await listen(port);
    if (!until.aborted) {
      onListening(describe(server, portTaken));
      await aborted(until);
    }
    await server.stop();
    return null;
  }, signal);
}

async function listen(port: number): Promise<{ readonly server: Playground; readonly portTaken: boolean }> {
  try {
    return { server: await startPlayground({ port }), portTaken: false };
  } catch (error) {
    if (port === 0 || !isPortInUse(error)) throw error;
    return { server: await startPlayground({ port: 0 }), portTaken: true };
  }
}

function describe(server: Playground, portTaken: boolean): PlaygroundInfo {
  const { http, ws, wss, tls, http2, proxies, caPem, client, paths } = server;
  return { http, ws, wss, tls, http2, proxies, caPem, client, paths, portTaken };
}

function isPortInUse(error: unknown): boolean {
  return error instanceof ProbeError && error.code === 'playground.port-in-use';
}
