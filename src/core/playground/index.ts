export {
  startPlayground,
  TLS_VARIANTS,
  type Playground,
  type PlaygroundOptions,
  type PlaygroundPath,
  type TcpVariant,
  type TlsVariant,
} from './startPlayground.js';
