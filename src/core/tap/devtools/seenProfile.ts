import { listElements } from '../../handshake/headers.js';
import { handshakeSecrets } from '../../profile/planSecrets.js';
import type { TemplateSource } from '../../profile/template.js';
import { cookiesOf, headerOf, type SeenHandshake } from './handshakes.js';

/** What a client says by itself, whoever it is. */
const OF_EVERY_HANDSHAKE =
  /^(:.*|host|connection|upgrade|pragma|cache-control|accept-encoding|sec-websocket-(key|version|extensions|protocol)|origin|cookie)$/i;

/** The handshake of another program as a profile of ours says it. */
export function profileOf({ url, request }: Pick<SeenHandshake, 'url' | 'request'>): TemplateSource {
  return {
    url,
    origin: headerOf(request, 'origin'),
    cookies: Object.fromEntries(cookiesOf(request)),
    subprotocols: listElements(headerOf(request, 'sec-websocket-protocol') ?? ''),
    // A credential may stand in a header that has none by its name, too.
    secrets: handshakeSecrets(url, request?.headers ?? []),
    headers: (request?.headers ?? []).filter(([name]) => !OF_EVERY_HANDSHAKE.test(name)),
  };
}
