import type { TemplateSource } from '../../profile/template.js';
import { headerOf, type SeenHandshake } from './handshakes.js';

/** What a client says by itself, whoever it is. */
const OF_EVERY_HANDSHAKE =
  /^(:.*|host|connection|upgrade|pragma|cache-control|accept-encoding|sec-websocket-(key|version|extensions|protocol)|origin|cookie)$/i;

/** The handshake of another program as a profile of ours says it. */
export function profileOf({ url, request }: SeenHandshake): TemplateSource {
  const cookie = headerOf(request, 'cookie') ?? '';
  const pairs = cookie.split(';').flatMap((pair): (readonly [string, string])[] => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]] : [];
  });
  const offered = headerOf(request, 'sec-websocket-protocol');
  return {
    url,
    origin: headerOf(request, 'origin'),
    cookies: Object.fromEntries(pairs),
    subprotocols: offered === null ? [] : offered.split(',').map((each) => each.trim()),
    headers: (request?.headers ?? []).filter(([name]) => !OF_EVERY_HANDSHAKE.test(name)),
  };
}
