import { type IdentifiedProtocol, protocolOfPort } from '../handshake/identifyProtocol.js';

/** Ports of protocols that do not speak first, so that no bytes tell them (IANA, and the defaults of the software). */
const SILENT: Readonly<Record<number, string>> = {
  53: 'DNS',
  389: 'LDAP',
  445: 'SMB',
  1433: 'SQL Server',
  1521: 'Oracle Database',
  2181: 'ZooKeeper',
  3389: 'Remote Desktop',
  5222: 'XMPP',
  9042: 'Cassandra',
  9092: 'Kafka',
  27017: 'MongoDB',
  61616: 'OpenWire (ActiveMQ)',
};

/** Who listens on a port as a rule, where that is no HTTP: no proof, and the best there is of who says nothing. */
export function usualOwner(port: number): (Pick<IdentifiedProtocol, 'name'> & { readonly hint: string | null }) | null {
  const name = SILENT[port];
  return protocolOfPort(port) ?? (name === undefined ? null : { name, hint: null });
}

/** `port 6379 is usually that of Redis, which speaks no HTTP`; null where the port says nothing. */
export function usualPort(port: number): string | null {
  const owner = usualOwner(port);
  return owner && `port ${port} is usually that of ${owner.name}, which speaks no HTTP`;
}
