import { once } from 'node:events';
import net, { isIP, type Socket } from 'node:net';
import { RawClient } from './rawClient.js';
import type { ProxyOptions, ProxyRequest } from './proxyOptions.js';

/** RFC 1928 6 and SOCKS 4's CD, of what HTTP says with these statuses. */
const REPLIES: Readonly<Record<number, { readonly socks5: number; readonly socks4: number }>> = {
  200: { socks5: 0, socks4: 90 },
  403: { socks5: 2, socks4: 91 },
  502: { socks5: 5, socks4: 91 },
};

export interface VisitOptions {
  readonly options: ProxyOptions;
  readonly onRequest: (request: ProxyRequest) => void;
  /** Breaks the client's TCP connection with RST. */
  readonly reset: () => void;
}

const LOOPBACK = /^127\.|^::1$/;

/** One client of a proxy for tests. */
export class ProxyVisit {
  readonly #socket: Socket;
  readonly #options: ProxyOptions;
  readonly #onRequest: (request: ProxyRequest) => void;
  readonly #reset: () => void;
  readonly #client: RawClient;
  readonly #taken: Buffer[] = [];
  #target: Socket | null = null;
  #dripping: NodeJS.Timeout | undefined;

  constructor(socket: Socket, { options, onRequest, reset }: VisitOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#onRequest = onRequest;
    this.#reset = reset;
    this.#client = RawClient.over(socket);
    socket.once('close', () => this.end());
    // A request cut short is no request.
    this.#serve().catch(() => socket.destroy());
  }

  /** Lets go of what the visit holds. */
  end(): void {
    clearInterval(this.#dripping);
    this.#target?.destroy();
  }

  async #serve(): Promise<void> {
    const { kind } = this.#options;
    const request =
      kind === 'socks5'
        ? await this.#socks5()
        : kind === 'http' || kind === 'https'
          ? await this.#http()
          : await this.#socks4();
    if (!request) return;
    this.#onRequest(request);
    if (this.#options.behaviour) {
      this.#misbehave();
      return;
    }
    const authority = `${request.host.includes(':') ? `[${request.host}]` : request.host}:${request.port}`;
    const challenge = this.#options.digest?.refusal(request.credentials, 'CONNECT', authority) ?? null;
    if (challenge !== null) return void this.#socket.end(httpAnswer(407, challenge));
    if (!this.#lets(request.credentials)) {
      this.#deny();
      return;
    }
    if (this.#options.refuse !== undefined) this.#answer(this.#options.refuse, true);
    else await this.#connect(request);
  }

  async #http(): Promise<ProxyRequest | null> {
    const first = String(await this.#take(1));
    const head = /[A-Z]/.test(first) ? `${first}${await this.#takeThrough('\r\n\r\n')}` : '';
    const [, host, port] = /^CONNECT \[?([^\]\s]*?)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
    if (host === undefined) {
      this.#socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return null;
    }
    const credentials = /\r\nProxy-Authorization: ([^\r]*)\r\n/i.exec(head)?.[1] ?? null;
    return this.#request(host, Number(port), credentials);
  }

  async #socks5(): Promise<ProxyRequest | null> {
    const { auth, behaviour } = this.#options;
    const [version, count = 0] = await this.#take(2);
    const methods = await this.#take(count);
    if (version !== 5) return this.#hangUp();
    if (behaviour) return this.#request('', 0, null);
    const method = auth ? 2 : 0;
    if (!methods.includes(method)) return this.#hangUp(Buffer.from([5, 0xff]), this.#request('', 0, null));
    this.#socket.write(Buffer.from([5, method]));
    let credentials: string | null = null;
    if (auth) {
      const username = await this.#text((await this.#take(2))[1]);
      credentials = `${username}:${await this.#text((await this.#take(1))[0])}`;
      const right = this.#lets(credentials);
      if (!right) return this.#hangUp(Buffer.from([1, 1]), this.#request('', 0, credentials));
      this.#socket.write(Buffer.from([1, 0]));
    }
    const [, , , type = 0] = await this.#take(4);
    const host =
      type === 3 ? await this.#text((await this.#take(1))[0]) : addressOf(await this.#take(type === 4 ? 16 : 4));
    const port = (await this.#take(2)).readUInt16BE();
    return this.#request(host, port, credentials);
  }

  async #socks4(): Promise<ProxyRequest | null> {
    const head = await this.#take(8);
    if (head.length < 8 || head[0] !== 4) return this.#hangUp();
    const user = Buffer.from(await this.#takeThrough('\0'), 'latin1')
      .toString('utf8')
      .slice(0, -1);
    const named = head.subarray(4, 7).every((byte) => byte === 0) && head[7] !== 0;
    const host = named ? (await this.#takeThrough('\0')).slice(0, -1) : addressOf(head.subarray(4));
    return this.#request(host, head.readUInt16BE(2), user === '' ? null : user);
  }

  #request(host: string, port: number, credentials: string | null): ProxyRequest {
    return { bytes: Buffer.concat(this.#taken), host, port, credentials };
  }

  #lets(credentials: string | null): boolean {
    const { auth, kind } = this.#options;
    if (!auth) return true;
    const both = `${auth.username}:${auth.password}`;
    if (kind === 'http' || kind === 'https') return credentials === `Basic ${Buffer.from(both).toString('base64')}`;
    return credentials === (kind === 'socks5' ? both : auth.username);
  }

  #deny(): void {
    if (this.#options.kind.startsWith('socks')) this.#answer(93, true);
    else this.#answer(407, true);
  }

  async #connect(request: ProxyRequest): Promise<void> {
    const { resolve = {} } = this.#options;
    const address = resolve[request.host] ?? (request.host === 'localhost' ? '127.0.0.1' : request.host);
    if (isIP(address) === 0 || !LOOPBACK.test(address)) {
      this.#answer(403);
      return;
    }
    const target = net.connect({ host: address, port: request.port, noDelay: true });
    this.#target = target;
    try {
      await once(target, 'connect');
    } catch {
      this.#answer(502);
      return;
    }
    target.on('error', () => this.#reset());
    this.#socket.removeAllListeners('data');
    this.#answer(200);
    target.write(this.#client.pending);
    this.#socket.pipe(target).pipe(this.#socket);
    // A pipe to what has gone stands still, and would never see the client go.
    target.once('close', () => this.#socket.resume());
  }

  /** `verbatim`: the number is the protocol's own already. */
  #answer(status: number, verbatim = false): void {
    const { behind = Buffer.alloc(0), kind } = this.#options;
    const reply = REPLIES[status];
    const head =
      kind === 'http' || kind === 'https'
        ? httpAnswer(status)
        : kind === 'socks5'
          ? Buffer.from([5, verbatim ? status : (reply?.socks5 ?? 1), 0, 1, 127, 0, 0, 1, 0, 80])
          : Buffer.from([0, verbatim ? status : (reply?.socks4 ?? 91), 0, 80, 127, 0, 0, 1]);
    const granted = status === 200 && !verbatim;
    // A proxy keeps the connection for the next attempt: to give up is for the client.
    this.#socket.write(granted ? Buffer.concat([head, behind]) : head);
  }

  #hangUp(last: Buffer = Buffer.alloc(0), request: ProxyRequest | null = null): null {
    if (request) this.#onRequest(request);
    this.#socket.end(last);
    return null;
  }

  #misbehave(): void {
    const socket = this.#socket;
    const { behaviour, kind } = this.#options;
    const http = kind === 'http' || kind === 'https';
    switch (behaviour) {
      case 'rubbish':
        socket.write(Buffer.from('\x7fELF\x02\x01\x01\0 rubbish\r\n', 'latin1'));
        break;
      case 'midway':
        socket.end(http ? 'HTTP/1.1 200 Connection est' : Buffer.from([kind === 'socks5' ? 5 : 0]));
        break;
      case 'close':
        socket.end();
        break;
      case 'reset':
        this.#reset();
        break;
      case 'endless-headers':
        this.#flood('HTTP/1.1 200 OK\r\n', `X-Header: ${'x'.repeat(1_000)}\r\n`);
        break;
      case 'drip':
        socket.write('HTTP/1.1 200 OK\r\nX-Drip: ');
        this.#dripping = setInterval(() => socket.write('x'), 5);
        break;
      default:
        break;
    }
  }

  #flood(first: string, each: string): void {
    this.#socket.write(first);
    const more = () => {
      while (!this.#socket.destroyed && this.#socket.write(each)) continue;
    };
    this.#socket.on('drain', more);
    more();
  }

  async #take(count: number): Promise<Buffer> {
    const taken = await this.#client.take(count);
    this.#taken.push(taken);
    return taken;
  }

  async #takeThrough(mark: string): Promise<string> {
    const taken = await this.#client.takeThrough(mark);
    this.#taken.push(Buffer.from(taken, 'latin1'));
    return taken;
  }

  async #text(length = 0): Promise<string> {
    return (await this.#take(length)).toString('utf8');
  }
}

function httpAnswer(status: number, challenge = 'Basic realm="test"'): Buffer {
  const reason = REASONS[status] ?? 'Refused';
  if (status === 200) return Buffer.from(`HTTP/1.1 200 ${reason}\r\nVia: 1.1 test\r\n\r\n`);
  const body = `<h1>${status} ${reason}</h1>`;
  const asks = status === 407 ? `Proxy-Authenticate: ${challenge}\r\n` : '';
  return Buffer.from(
    `HTTP/1.1 ${status} ${reason}\r\nServer: test-proxy\r\n${asks}Content-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'Connection established',
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
