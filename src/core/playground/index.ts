export {
  HTTP2_VARIANTS,
  PROXY_VARIANTS,
  startPlayground,
  TLS_VARIANTS,
  type Http2Variant,
  type Playground,
  type PlaygroundOptions,
  type PlaygroundPath,
  type ProxyVariant,
  type TcpVariant,
  type TlsVariant,
} from './startPlayground.js';
