/** Bytes that are no protobuf message. */
export class NotProtobuf extends Error {}

/** Reads the wire format from a part of some bytes. Throws `NotProtobuf` where they end too early or mean nothing. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.length;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** 64 bits, unsigned; what stands beyond them is no varint. */
  varint(): bigint {
    let low = 0;
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      if (i < 4) low += (byte & 0x7f) * 2 ** (7 * i);
      else value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (i === 9 && byte > 1) break;
      if (byte < 0x80) return value | BigInt(low);
    }
    throw new NotProtobuf('a varint of more than 64 bits');
  }

  /** The number of a field and the wire type of what follows. */
  tag(): readonly [field: number, wire: number] {
    const tag = this.varint();
    const field = Number(tag >> 3n);
    if (field < 1 || field > 0x1fffffff) throw new NotProtobuf(`a field of the number ${field}`);
    return [field, Number(tag & 7n)];
  }

  fixed32(): DataView {
    return this.#part(4);
  }

  fixed64(): DataView {
    return this.#part(8);
  }

  lengthDelimited(): Uint8Array {
    const length = this.varint();
    if (length > BigInt(this.#end - this.#at)) throw new NotProtobuf('a length beyond the end');
    const start = this.#at;
    this.#at += Number(length);
    return this.#bytes.subarray(start, this.#at);
  }

  #part(length: number): DataView {
    if (this.#end - this.#at < length) throw new NotProtobuf('a value that is cut off');
    const view = new DataView(this.#view.buffer, this.#view.byteOffset + this.#at, length);
    this.#at += length;
    return view;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || this.#at >= this.#end) throw new NotProtobuf('a varint that is cut off');
    this.#at += 1;
    return byte;
  }
}
