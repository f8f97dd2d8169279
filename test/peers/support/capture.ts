import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

const MAGIC = 0xa1b2c3d4;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const FLAGS = { fin: 0x01, syn: 0x02, ack: 0x10 };

/** A TCP segment as the capture saw it. */
export interface Segment {
  /** Microseconds as milliseconds, since 1970. */
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly payload: Buffer;
}

/** One TCP connection: its segments in order, those of the client apart. */
export interface Stream {
  readonly segments: readonly Segment[];
  readonly isClient: (segment: Segment) => boolean;
}

/** Packets of loopback, read while they pass. */
export class Capture {
  readonly #segments: Segment[] = [];
  readonly #child: ChildProcess;
  readonly #ports: readonly number[];
  #bytes: Buffer = Buffer.alloc(0);
  #headerRead = false;
  #error = '';
  #ended = false;
  #wake: () => void = () => {};

  /** The first port must take connections. */
  constructor(program: string, ports: readonly number[]) {
    this.#ports = ports;
    const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
    // Plain pcap on standard output, one packet at a time.
    this.#child = spawn(program, ['-q', '-i', 'lo', '-f', filter, '-P', '-w', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#error += chunk.toString();
    });
    const kill = () => this.#child.kill();
    process.once('exit', kill);
    this.#child.once('close', () => process.off('exit', kill));
    this.#child.once('error', (error) => this.#end(error.message));
    this.#child.once('close', () => this.#end());
  }

  /** Resolves once packets of the ports are really seen. */
  async ready(): Promise<void> {
    await this.#until(() => this.#headerRead);
    const knock = connect(this.#ports[0] ?? 0, '127.0.0.1');
    await once(knock, 'connect');
    knock.destroy();
    await this.#until(() => this.#segments.length > 0);
  }

  /** The connection from a port of ours, once the server has ended its side. */
  async stream(client: number): Promise<Stream> {
    const isClient = ({ from }: Segment) => from === client;
    const all = () => this.#segments.filter(({ from, to }) => from === client || to === client);
    await this.#until(() => all().some((segment) => segment.fin && !isClient(segment)));
    return { segments: all(), isClient };
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGINT');
    await this.#until(() => this.#ended);
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#ended) throw new Error(`The capture has ended: ${this.#error}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #end(why = ''): void {
    this.#error += why;
    this.#ended = true;
    this.#wake();
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (!this.#headerRead) {
      if (this.#bytes.length < FILE_HEADER_BYTES) return;
      if (this.#bytes.readUInt32LE(0) !== MAGIC) throw new Error('The capture is no pcap with microseconds.');
      this.#headerRead = true;
      this.#bytes = this.#bytes.subarray(FILE_HEADER_BYTES);
    }
    while (this.#bytes.length >= PACKET_HEADER_BYTES) {
      const end = PACKET_HEADER_BYTES + this.#bytes.readUInt32LE(8);
      if (this.#bytes.length < end) break;
      const atMs = this.#bytes.readUInt32LE(0) * 1000 + this.#bytes.readUInt32LE(4) / 1000;
      this.#segments.push(parseSegment(this.#bytes.subarray(PACKET_HEADER_BYTES, end), atMs));
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#wake();
  }
}

/** Ethernet, IPv4 (RFC 791), TCP (RFC 9293), as loopback carries them. */
function parseSegment(packet: Buffer, atMs: number): Segment {
  const ip = packet.subarray(ETHERNET_BYTES);
  const tcp = ip.subarray((ip[0]! & 0x0f) * 4, ip.readUInt16BE(2));
  const flags = tcp[13]!;
  return {
    atMs,
    from: tcp.readUInt16BE(0),
    to: tcp.readUInt16BE(2),
    syn: (flags & FLAGS.syn) !== 0,
    ack: (flags & FLAGS.ack) !== 0,
    fin: (flags & FLAGS.fin) !== 0,
    payload: Buffer.from(tcp.subarray((tcp[12]! >> 4) * 4)),
  };
}
