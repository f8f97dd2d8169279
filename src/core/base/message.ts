/** What protobuf is made from: `schema` is the path of a `.proto` file or of a descriptor set. */
export interface ProtobufPayload {
  readonly schema: string;
  readonly type: string;
  readonly value: unknown;
}

/** A Socket.IO event. With `ack`, an id of digits, the server is asked to acknowledge it. */
export interface SocketIoPayload {
  readonly event: string;
  readonly args?: readonly unknown[];
  readonly namespace?: string;
  readonly ack?: number | string;
}

/** A STOMP frame. A body that is no text is sent as JSON. */
export interface StompPayload {
  readonly command: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What each kind of payload holds, by its key. */
export interface PayloadContents {
  readonly text: string;
  readonly json: unknown;
  readonly hex: string;
  readonly base64: string;
  readonly file: string;
  readonly msgpack: unknown;
  readonly cbor: unknown;
  readonly protobuf: ProtobufPayload;
  readonly socketio: SocketIoPayload;
  readonly signalr: unknown;
  readonly stomp: StompPayload;
  /** A packet as `mqtt-packet` names its fields. */
  readonly mqtt: Readonly<Record<string, unknown>>;
}

export type PayloadKind = keyof PayloadContents;

/** The kinds in the order in which they are told. */
export const PAYLOAD_KINDS = [
  'text',
  'json',
  'hex',
  'base64',
  'file',
  'msgpack',
  'cbor',
  'protobuf',
  'socketio',
  'signalr',
  'stomp',
  'mqtt',
] as const satisfies readonly PayloadKind[];

export const COMPRESSIONS = ['gzip', 'deflate', 'brotli'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Protocols that carry messages of others in frames of their own. */
export const WRAPPINGS = ['sockjs'] as const;
type Wrapping = (typeof WRAPPINGS)[number];

/** What stands beside the kind of a payload. */
interface PayloadOptions {
  /** Sent as a binary message, whatever the kind is sent as. */
  readonly binary?: true;
  /** What is compressed is sent as a binary message. */
  readonly compress?: Compression;
  /** Goes neither with `binary` nor with `compress`. */
  readonly wrap?: Wrapping;
}

/** A payload: a string is sent as text; an object is of exactly one kind. */
export type Payload =
  | string
  | (PayloadOptions & { [K in PayloadKind]: { readonly [key in K]: PayloadContents[K] } }[PayloadKind]);

/** The kind of a payload that is an object. */
export function payloadKind(payload: Exclude<Payload, string>): PayloadKind {
  const kind = PAYLOAD_KINDS.find((key) => key in payload);
  if (kind === undefined) throw new Error('a payload of no kind');
  return kind;
}

const TYPED_AS_IT_IS: ReadonlySet<PayloadKind> = new Set<PayloadKind>(['text', 'hex', 'base64', 'file']);

/** Whether a payload of this kind is typed as JSON, and not as the text that it holds. */
export function isTypedAsJson(kind: PayloadKind): boolean {
  return !TYPED_AS_IT_IS.has(kind);
}

const SENT_AS_BINARY: ReadonlySet<PayloadKind> = new Set<PayloadKind>([
  'hex',
  'base64',
  'msgpack',
  'cbor',
  'protobuf',
  'mqtt',
]);

/** Whether a payload of this kind goes in a binary message by itself; a file goes as what it holds. */
export function isSentAsBinary(kind: PayloadKind): boolean {
  return SENT_AS_BINARY.has(kind);
}

/** What a person sends: a payload in the form it was typed. */
export interface OutgoingMessage {
  /** The kind; those that hold more than a text are typed as JSON. */
  readonly format: PayloadKind;
  /** `file`: a path. */
  readonly content: string;
  /** A binary frame; text and json are text frames unless this says otherwise. */
  readonly binary: boolean;
  readonly compress?: Compression | undefined;
  readonly wrap?: Wrapping | undefined;
}

/** A decoder that a profile names: the first four unwrap, the others read what is inside. */
export const UNWRAPPERS = ['gzip', 'deflate', 'brotli', 'base64'] as const;
export const VALUE_DECODERS = ['msgpack', 'cbor'] as const;
export type Decoder =
  | (typeof UNWRAPPERS)[number]
  | (typeof VALUE_DECODERS)[number]
  | { readonly protobuf: { readonly schema: string; readonly type: string } };

/** A JSON Schema, or the path of a file that holds one. */
export type JsonSchemaSource = string | boolean | { readonly [keyword: string]: unknown };

/** What a JSON path is asked: exactly one of these. */
export interface PathTest {
  readonly equals?: unknown;
  readonly matches?: string;
  readonly exists?: boolean;
  readonly gt?: number | string;
  readonly ge?: number | string;
  readonly lt?: number | string;
  readonly le?: number | string;
  readonly type?: string;
  readonly length?: number;
  readonly schema?: JsonSchemaSource;
}

/** What stands beside any kind of match: what is looked at, and which messages count at all. */
export interface MatchScope {
  /** What the dialect or a decoder makes of the message, in place of its text. */
  readonly in?: 'decoded';
  readonly kind?: 'text' | 'binary';
}

/** What a received message must look like; exactly one kind. `equals` takes more than a text with `in` or `jsonPath` only. */
export type Match = MatchScope &
  (
    | ({ readonly jsonPath: string } & PathTest)
    | { readonly equals: unknown }
    | { readonly contains: string }
    | { readonly matches: string }
    | { readonly binary: string }
    | { readonly schema: JsonSchemaSource }
    | { readonly all: readonly Match[] }
    | { readonly any: readonly Match[] }
    | { readonly not: Match }
  );
