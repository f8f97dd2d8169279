import type { Fix } from '../../base/model.js';
import type { SoftwareId } from '../identifyServer.js';
import { profileFix } from './profile.js';
import { textFix } from './shell.js';

export const http1Fix: Fix = profileFix('Use HTTP/1.1, which every WebSocket server speaks (profile)', { http: '1.1' });
export const eitherFix: Fix = profileFix('Use HTTP/2 only where it works (profile)', { http: 'auto' });

const haproxy: Fix = {
  title: 'HAProxy 2.4 or newer: offer HTTP/2; WebSockets over it need nothing more',
  language: 'haproxy',
  snippet: 'bind :443 ssl crt /etc/haproxy/site.pem alpn h2,http/1.1',
};

const envoy: Fix = {
  title: 'Envoy: allow extended CONNECT',
  language: 'yaml',
  snippet: `# in the HTTP connection manager
http2_protocol_options:
  allow_connect: true
upgrade_configs:
  - upgrade_type: websocket`,
};

const caddy: Fix = {
  title: 'Caddy 2.9 or newer: let Go announce extended CONNECT',
  language: 'shell',
  snippet: 'GODEBUG=http2xconnect=1 caddy run',
};

const node: Fix = {
  title: 'Node: announce extended CONNECT',
  language: 'javascript',
  snippet: `const server = http2.createSecureServer({ key, cert, settings: { enableConnectProtocol: true } });
server.on('stream', (stream, headers) => {
  if (headers[':method'] === 'CONNECT' && headers[':protocol'] === 'websocket') stream.respond({ ':status': 200 });
});`,
};

const kestrel: Fix = {
  title: 'Kestrel (.NET 7 or newer): HTTP/2, and a route that takes CONNECT',
  language: 'csharp',
  snippet: `builder.WebHost.ConfigureKestrel(kestrel =>
    kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1AndHttp2));
app.UseWebSockets();
app.Map("/ws", HandleWebSocket);   // MapGet would refuse CONNECT`,
};

const nginx: Fix = textFix(
  'nginx',
  'nginx has no WebSockets over HTTP/2 (RFC 8441): clients must use HTTP/1.1, or another server must stand in front.',
);

const known: Partial<Record<SoftwareId, Fix>> = { haproxy, envoy, caddy, nginx };

const anybody = textFix(
  'On the server, or a proxy before it',
  'Let it announce extended CONNECT (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC 8441) and offer h2 in ALPN.',
  'HAProxy can from version 2.4 on, Envoy with allow_connect, Caddy from 2.9 on, Kestrel from .NET 7 on, Node with enableConnectProtocol. nginx cannot.',
);

/** How a server comes to take WebSockets over HTTP/2 (RFC 8441): for the recognised software, in words where nobody was. */
export function extendedConnectFixes(
  seen: readonly { readonly id: SoftwareId; readonly name: string }[],
): readonly Fix[] {
  const own = seen.flatMap(
    ({ id, name }) => known[id] ?? (name.startsWith('ASP.NET') ? kestrel : name.includes('(Node)') ? node : []),
  );
  return own.length > 0 ? [...new Set(own)] : [anybody];
}
