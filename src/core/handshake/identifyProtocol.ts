/** A protocol known by its first bytes. `name` fits "the server speaks …"; `hint` is the next step. */
export interface IdentifiedProtocol {
  readonly name: string;
  readonly hint: string;
}

interface Signature extends IdentifiedProtocol {
  /** Where it is spoken unless somebody chose another (IANA), plain or in TLS. */
  readonly ports?: readonly number[];
  readonly matches: (bytes: Uint8Array, text: string) => boolean;
}

const SIGNATURES: readonly Signature[] = [
  {
    name: 'TLS',
    hint: 'The port speaks TLS: use wss:// instead of ws://.',
    matches: (bytes) => bytes[0]! >= 0x14 && bytes[0]! <= 0x17 && bytes[1] === 0x03,
  },
  {
    name: 'HTTP/2',
    hint: 'The port speaks HTTP/2 without an upgrade: use a port that speaks HTTP/1.1, or connect over HTTP/2.',
    matches: isHttp2Settings,
  },
  {
    name: 'SSH',
    ports: [22],
    hint: 'This is an SSH port (usually 22): check the port of the URL.',
    matches: (_, text) => text.startsWith('SSH-'),
  },
  {
    name: 'the PROXY protocol',
    hint: 'A load balancer sends its header (send-proxy) to this side too: turn it off where the connection goes to clients, or check the port of the URL.',
    matches: (_, text) => text.startsWith('\r\n\r\n\0\r\nQUIT\n') || /^PROXY (TCP[46]|UNKNOWN)\b/.test(text),
  },
  {
    name: 'ICY (Shoutcast audio)',
    hint: 'This is a streaming audio server: check the port of the URL.',
    matches: (_, text) => /^ICY \d/.test(text),
  },
  {
    name: 'SMTP',
    ports: [25, 587],
    hint: 'This is a mail port (usually 25 or 587): check the port of the URL.',
    matches: (_, text) => /^220[ -]\S.*\bE?SMTP\b/i.test(text) || /^(220|421|554)[ -]\S+ (ESMTP|SMTP)\b/i.test(text),
  },
  {
    name: 'FTP',
    ports: [21],
    hint: 'This is a file transfer port (usually 21): check the port of the URL.',
    matches: (_, text) => /^220[ -].*(\bFTP\b|ftpd|FileZilla)/i.test(text),
  },
  {
    name: 'SMTP or FTP',
    hint: 'This is a mail or file transfer port: check the port of the URL.',
    matches: (_, text) => /^220[ -]/.test(text),
  },
  {
    name: 'POP3',
    ports: [110, 995],
    hint: 'This is a mail port: check the port of the URL.',
    matches: (_, text) => text.startsWith('+OK '),
  },
  {
    name: 'IMAP',
    ports: [143, 993],
    hint: 'This is a mail port: check the port of the URL.',
    matches: (_, text) => /^\* (OK|BYE|PREAUTH)\b/.test(text),
  },
  {
    name: 'RFB (VNC)',
    ports: [5900],
    hint: 'This is a VNC port: reach it through a WebSocket gateway such as websockify, or check the port of the URL.',
    matches: (_, text) => text.startsWith('RFB 00'),
  },
  {
    name: 'MySQL',
    ports: [3306],
    hint: 'This is a database port (usually 3306): check the port of the URL.',
    matches: isMysqlGreeting,
  },
  {
    name: 'MySQL',
    hint: 'This is a database port (usually 3306), and it lets this machine not in: check the port of the URL.',
    matches: isMysqlRefusal,
  },
  {
    name: 'Redis',
    ports: [6379],
    hint: 'This is a Redis port (usually 6379): check the port of the URL.',
    matches: (_, text) => /^-(ERR|NOAUTH|DENIED|MISCONF|LOADING) /.test(text) || /^\+[A-Z]+\r\n/.test(text),
  },
  {
    name: 'PostgreSQL',
    ports: [5432],
    hint: 'This is a database port (usually 5432): check the port of the URL.',
    matches: (bytes, text) => bytes[0] === 0x45 && bytes[1] === 0 && /FATAL|ERROR/.test(text),
  },
  {
    name: 'MQTT',
    ports: [1883, 8883],
    hint: 'This is the plain MQTT port (usually 1883): use the port of the broker’s WebSocket listener.',
    matches: (bytes) => bytes.length >= 4 && bytes[0] === 0x20 && bytes[1]! <= 0x7f && bytes[2]! <= 1,
  },
  {
    name: 'Memcached',
    ports: [11211],
    hint: 'This is a cache port (usually 11211): check the port of the URL.',
    matches: (_, text) => /^(ERROR|CLIENT_ERROR [^\r\n]*)\r\n/.test(text),
  },
  {
    name: 'IRC',
    ports: [6667, 6697],
    hint: 'This is a chat port (usually 6667): use the WebSocket listener of the server, or check the port of the URL.',
    matches: (_, text) => /^(:\S+ )?NOTICE (AUTH|\*) :/.test(text),
  },
  {
    name: 'STOMP',
    ports: [61613, 61614],
    hint: 'This is the plain STOMP port (usually 61613): use the port of the broker’s WebSocket listener.',
    matches: (_, text) => /^ERROR\r?\n[\w-]+:/.test(text),
  },
  {
    name: 'RTSP',
    ports: [554],
    hint: 'This is a port of streaming video (usually 554): check the port of the URL.',
    matches: (_, text) => /^RTSP\/1\.\d \d{3}/.test(text),
  },
  {
    name: 'SIP',
    ports: [5060, 5061],
    hint: 'This is the plain SIP port (usually 5060): use the port of the WebSocket transport (RFC 7118).',
    matches: (_, text) => /^SIP\/2\.0 \d{3}/.test(text),
  },
  {
    name: 'Telnet',
    ports: [23],
    hint: 'This is a Telnet port (usually 23): check the port of the URL.',
    matches: isTelnet,
  },
  {
    name: 'NATS',
    ports: [4222],
    hint: 'This is the plain NATS port (usually 4222): use the port of its WebSocket listener.',
    matches: (_, text) => text.startsWith('INFO {'),
  },
  {
    name: 'AMQP',
    ports: [5671, 5672],
    hint: 'This is the plain AMQP port (usually 5672): use the port of the broker’s WebSocket listener.',
    matches: (_, text) => text.startsWith('AMQP'),
  },
  {
    name: 'XMPP',
    ports: [5222, 5223],
    hint: 'This is the plain XMPP port (usually 5222): use the address of its WebSocket (RFC 7395), often /xmpp-websocket on another port.',
    matches: (_, text) => /^\s*(<\?xml[^>]{0,100}\?>\s*)?<stream:(stream|error)\b/.test(text),
  },
  {
    name: 'HTML without an HTTP head',
    hint: 'The server sent a page with no status line (HTTP/0.9, or a broken proxy): check what listens on the port.',
    matches: (_, text) => /^\s*<[a-z!/?]/i.test(text),
  },
  {
    name: 'JSON without an HTTP head',
    hint: 'The server sends JSON over a plain socket: check the port of the URL, or put a WebSocket gateway before it.',
    matches: (_, text) => /^\s*[{[]\s*["{[\]}]/.test(text),
  },
];

/** Names the protocol that answered by its first bytes (64 are enough); null if it is none we know, or HTTP/1. */
export function identifyProtocol(firstBytes: Uint8Array): IdentifiedProtocol | null {
  if (firstBytes.length === 0) return null;
  const bytes = firstBytes.subarray(0, 256);
  const text = Buffer.from(bytes).toString('latin1');
  const found = SIGNATURES.find((signature) => signature.matches(bytes, text));
  return found === undefined ? null : { name: found.name, hint: found.hint };
}

/** Whose port this usually is, of protocols that are no HTTP; null where it is nobody's we know. */
export function protocolOfPort(port: number): IdentifiedProtocol | null {
  const found = SIGNATURES.find(({ ports }) => ports?.includes(port));
  return found === undefined ? null : { name: found.name, hint: found.hint };
}

/** A SETTINGS frame on stream 0 (RFC 9113 6.5), the first thing an HTTP/2 server says. */
function isHttp2Settings(bytes: Uint8Array): boolean {
  const length = (bytes[1]! << 8) | bytes[2]!;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[3] !== 0x04 || length % 6 !== 0) return false;
  return bytes.subarray(5, 9).every((byte) => byte === 0);
}

/** Protocol::Handshake version 10: length, sequence 0, `0x0a`, the server's version as text. */
function isMysqlGreeting(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= 6 && bytes[2] === 0 && bytes[3] === 0 && bytes[4] === 0x0a && /^\d/.test(text.slice(5));
}

/** An ERR packet in the place of the greeting: length, sequence 0, `0xff`, the number of the error and its text. */
function isMysqlRefusal(bytes: Uint8Array, text: string): boolean {
  const isFirst = bytes.length >= 8 && bytes[2] === 0 && bytes[3]! <= 1 && bytes[4] === 0xff;
  return isFirst && bytes[0]! + (bytes[1]! << 8) >= 8 && /^[#\w' ]/.test(text.slice(7));
}

/** Options are negotiated first: IAC, WILL to DONT, the option, and again (RFC 854). */
function isTelnet(bytes: Uint8Array): boolean {
  const [iac, command = 0, option = 0xff, next = 0xff] = bytes;
  return iac === 0xff && command >= 0xfb && command <= 0xfe && option <= 0x31 && next === 0xff;
}
