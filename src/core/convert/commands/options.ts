/** What an option of a tool says about a connection; `flag` and `value` are options without meaning here. */
export type Meaning =
  | 'header'
  | 'subprotocol'
  | 'origin'
  | 'basic'
  | 'bearer'
  /** `basic` is meant for Digest. */
  | 'digest'
  | 'cookie'
  | 'userAgent'
  | 'referer'
  | 'insecure'
  | 'ca'
  | 'cert'
  /** `<certificate[:password]>`, a colon of the name as `\\:`. */
  | 'curlCert'
  | 'key'
  | 'pfx'
  | 'certType'
  | 'passphrase'
  | 'serverName'
  /** Seconds. */
  | 'pingInterval'
  | 'pingTimeout'
  | 'proxy'
  | 'curlProxy'
  | 'socks4'
  | 'socks4a'
  | 'socks5'
  | 'socks5h'
  | 'proxyUser'
  | 'noProxy'
  | 'followRedirects'
  | 'http2'
  | 'http2Only'
  /** What wsprobe does anyway. */
  | 'ours'
  | 'url'
  | 'message'
  | 'tls1.0'
  | 'tls1.1'
  | 'tls1.2'
  | 'tls1.3'
  | 'flag'
  | 'value';

export type Tool = 'curl' | 'websocat' | 'wscat';

const WITHOUT_VALUE: ReadonlySet<Meaning> = new Set([
  'digest',
  'insecure',
  'followRedirects',
  'http2',
  'http2Only',
  'ours',
  'tls1.0',
  'tls1.1',
  'tls1.2',
  'tls1.3',
  'flag',
]);

export function takesValue(meaning: Meaning): boolean {
  return !WITHOUT_VALUE.has(meaning);
}

function table(text: string): Readonly<Record<string, Meaning>> {
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split('='))
    .flatMap(([names = '', meaning]) => names.split(',').map((name) => [name, meaning as Meaning] as const));
  return Object.fromEntries(pairs);
}

/** By tool and option; an option that is not listed is taken for one without a value. */
export const OPTIONS: Readonly<Record<Tool, Readonly<Record<string, Meaning>>>> = {
  curl: table(`
    -H,--header=header -u,--user=basic --basic=ours --digest=digest -b,--cookie=cookie -A,--user-agent=userAgent -e,--referer=referer
    -k,--insecure=insecure --cacert=ca -E,--cert=curlCert --key=key --pass=passphrase --url=url -x,--proxy=curlProxy
    -U,--proxy-user=proxyUser --socks4=socks4 --socks4a=socks4a --socks5=socks5 --socks5-hostname=socks5h
    --noproxy=noProxy -p,--proxytunnel=ours -L,--location=followRedirects --http2=http2
    --http2-prior-knowledge=http2Only --http1.1=ours -N,--no-buffer=ours
    --tlsv1.0=tls1.0 --tlsv1.1=tls1.1 --tlsv1.2=tls1.2 --tlsv1.3=tls1.3
    -X,--request=value -o,--output=value -m,--max-time=value --connect-timeout=value -d,--data=value --data-raw=value
    --data-binary=value --cert-type=certType --key-type=value --resolve=value --connect-to=value
    -w,--write-out=value -c,--cookie-jar=value -D,--dump-header=value --capath=value --ciphers=value --retry=value
    --oauth2-bearer=bearer -K,--config=value -T,--upload-file=value --interface=value
    --preproxy=value --proxy-header=value --proxy-cacert=value --proxy-cert=value --proxy-key=value --proxy-pass=value
    --max-redirs=value
  `),
  websocat: table(`
    -H,--header=header --protocol=subprotocol --origin=origin -k,--insecure=insecure
    --client-pkcs12-der=pfx --client-pkcs12-passwd=passphrase
    -B,--buffer-size=value --ping-interval=pingInterval --ping-timeout=pingTimeout --basic-auth=basic --socks5=socks5 --ws-c-uri=value
    --max-messages=value --max-messages-rev=value --queue-len=value --websocket-version=value --pkcs12-der=value
    --pkcs12-passwd=value --tls-domain=serverName --close-status-code=value --close-reason=value --binary-prefix=value
    --text-prefix=value
  `),
  wscat: table(`
    -c,--connect=url -H,--header=header -s,--subprotocol=subprotocol -o,--origin=origin --auth=basic -n,--no-check=insecure
    --ca=ca --cert=cert --key=key --passphrase=passphrase --proxy=proxy -L,--location=followRedirects -x,--execute=message
    -w,--wait=value -p,--protocol=value --host=value --max-redirects=value -l,--listen=value
  `),
};
