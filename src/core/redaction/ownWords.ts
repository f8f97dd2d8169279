/** Values that reports and plans hold by their own definition, by key. */
const OWN_WORDS: Readonly<Record<string, RegExp>> = {
  schema: /^wsprobe\.[a-z]+\/\d+$/,
  startedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  verdict: /^(healthy|degraded|down)$/,
  name: /^(dns|tcp|proxy|tls|upgrade|message|close)$/,
  phase: /^(dns|tcp|proxy|tls|upgrade|message|close)$/,
  status: /^(ok|degraded|failed|skipped|not-reached)$/,
  direction: /^(sent|received)$/,
  mode: /^(ping|echo|any|match)$/,
  initiator: /^(client|server|network)$/,
  endedBy: /^(server-fin|server-reset|client)$/,
  layer: /^(profile|dns|tcp|local|proxy|tls|http|handshake|application|protocol|network)$/,
  severity: /^(error|warning|info)$/,
  httpVersion: /^\d(\.\d)?$/,
  method: /^(GET|CONNECT)$/,
  type: /^(bearer|basic|digest|apiKey|subprotocol|oauth2)$/,
  in: /^(header|query)$/,
};

/** A name of a record's field rather than something that came from outside. */
export function isOwnKey(key: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
}

export function isOwnWord(key: string, value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(OWN_WORDS, key) && OWN_WORDS[key]?.test(value) === true;
}
