export {
  startPlayground,
  TLS_VARIANTS,
  type Http2Variant,
  type Playground,
  type ProxyVariant,
  type TcpVariant,
  type TlsVariant,
} from './startPlayground.js';
