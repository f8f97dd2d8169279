/** Ports that belong to another protocol than HTTP, as a rule (IANA, and the defaults of the software). */
const usualPorts: Readonly<Record<number, string>> = {
  21: 'FTP',
  22: 'SSH',
  25: 'SMTP',
  53: 'DNS',
  110: 'POP3',
  143: 'IMAP',
  389: 'LDAP',
  445: 'SMB',
  1433: 'SQL Server',
  1521: 'Oracle Database',
  1883: 'MQTT without WebSocket',
  2181: 'ZooKeeper',
  3306: 'MySQL',
  3389: 'Remote Desktop',
  4222: 'NATS without WebSocket',
  5060: 'SIP without WebSocket',
  5222: 'XMPP without WebSocket',
  5432: 'PostgreSQL',
  5672: 'AMQP without WebSocket',
  5900: 'VNC without WebSocket',
  6379: 'Redis',
  6667: 'IRC without WebSocket',
  9042: 'Cassandra',
  9092: 'Kafka',
  11211: 'memcached',
  27017: 'MongoDB',
  50051: 'gRPC',
  61613: 'STOMP without WebSocket',
  61616: 'OpenWire (ActiveMQ)',
};

/** `; port 6379 is that of Redis, as a rule` for the end of a title; empty where the port says nothing. */
export function usualPort(port: number): string {
  const name = usualPorts[port];
  return name === undefined ? '' : `; port ${port} is that of ${name}, as a rule`;
}
