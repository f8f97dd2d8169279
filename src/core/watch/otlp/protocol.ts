/** OTLP/HTTP in JSON (opentelemetry-proto 1): the part that traces need. 64-bit numbers are decimal strings, ids are hex. */
export interface ExportTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly Span[];
    }[];
  }[];
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it is the root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number; readonly message?: string };
}

export interface Attribute {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

export const KIND = { internal: 1, client: 3 } as const;
export const STATUS = { unset: 0, ok: 1, error: 2 } as const;

type Plain = string | number | boolean | readonly string[] | null | undefined;

const MAX_TEXT = 1_000;
const MAX_ITEMS = 50;

/** Attributes of what is known: null and undefined are left out; texts pass `redact` and are cut. */
export function attributesOf(values: Readonly<Record<string, Plain>>, redact: (text: string) => string): Attribute[] {
  const valueOf = (plain: Exclude<Plain, null | undefined>): AnyValue => {
    if (typeof plain === 'string') return { stringValue: redact(plain).slice(0, MAX_TEXT) };
    if (typeof plain === 'boolean') return { boolValue: plain };
    if (typeof plain === 'number')
      return Number.isSafeInteger(plain) ? { intValue: String(plain) } : { doubleValue: plain };
    return { arrayValue: { values: plain.slice(0, MAX_ITEMS).map(valueOf) } };
  };
  return Object.entries(values).flatMap(([key, plain]) =>
    plain === null || plain === undefined ? [] : [{ key, value: valueOf(plain) }],
  );
}
