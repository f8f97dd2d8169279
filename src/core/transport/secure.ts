import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { TlsInfo } from '../base/model.js';
import { describeTls, refusalOf } from './certificates.js';
import { errorCode, failed, failedWith, type Outcome, success, wait } from './outcome.js';

export interface SecureOptions {
  readonly host: string;
  readonly serverName: string | undefined;
  readonly rejectUnauthorized: boolean;
  readonly context: SecureContext;
  /** Protocols offered by ALPN (RFC 7301), best first. */
  readonly alpn: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * TLS over a connected stream: a socket, or a tunnel through a proxy. The handshake always completes where it can, so that a refused certificate can be shown: it is
 * refused here, before a byte of HTTP. `onTls` hears what was negotiated either way.
 */
export async function secure(
  socket: Duplex,
  options: SecureOptions,
  onTls: (tls: TlsInfo) => void,
): Promise<Outcome<TLSSocket>> {
  const name = options.serverName ?? options.host;
  const outcome = await wait<TLSSocket>(
    {
      phase: 'tls',
      timeoutMs: options.timeoutMs,
      timeoutMessage: `No TLS handshake within ${options.timeoutMs} ms.`,
      signal: options.signal,
    },
    (settle) => {
      const secured = connect({
        socket,
        // SNI carries names only (RFC 6066 3); the certificate is checked against the address then.
        ...(isIP(name) ? {} : { servername: name }),
        host: name,
        ALPNProtocols: [...options.alpn],
        secureContext: options.context,
        rejectUnauthorized: false,
      });
      const onSecure = () => {
        const tls = describeTls(secured, new Date());
        onTls(tls);
        if (tls.authorized || !options.rejectUnauthorized) settle(success(secured));
        else settle(failed('tls', 'certificate', refusalOf(secured).message, tls.authorizationError));
      };
      const onError = (error: Error) => settle(tlsFailure(error));
      secured.on('secureConnect', onSecure);
      secured.on('error', onError);
      return (outcome) => {
        secured.off('secureConnect', onSecure);
        if (outcome.ok) {
          secured.off('error', onError);
          return;
        }
        secured.destroy();
      };
    },
  );
  // Also where it was cancelled before it began.
  if (!outcome.ok) socket.destroy();
  return outcome;
}

function tlsFailure(error: Error): Outcome<never> {
  const code = errorCode(error);
  if (code === 'ECONNRESET') return failedWith('tls', error, /before secure/i.test(error.message) ? 'end' : 'reset');
  if (code === 'EPIPE') return failedWith('tls', error, 'reset');
  return failedWith('tls', error);
}

/** TLS 1.3 asks for a client certificate after the handshake has completed: the alert comes in the middle of HTTP. */
export function isTlsAlert(error: Error): boolean {
  return (errorCode(error) ?? '').startsWith('ERR_SSL_') || /SSL routines|tlsv1[13]? alert/i.test(error.message);
}
