export type CloseClass = 'normal' | 'transient' | 'permanent' | 'protocol' | 'auth' | 'limit';

/** Reconnect at once, not at all, after a growing pause, or only once something was mended. */
export type ReconnectAdvice = 'yes' | 'no' | 'backoff' | 'fix';

export type CloseSender = 'client' | 'server' | 'either' | 'synthetic';

/** What a close code means to one protocol, or to everybody (`protocol` null: RFC 6455 7.4 and the IANA registry). */
export interface CloseCode {
  readonly code: number;
  readonly name: string;
  /** False: never in a Close frame; a library makes it up. */
  readonly wire: boolean;
  readonly sentBy: CloseSender;
  readonly class: CloseClass;
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly actions: readonly string[];
  readonly reconnect: ReconnectAdvice;
  readonly source: string;
  /** Canonical name of the dialect. */
  readonly protocol: string | null;
}

/** A meaning shared by all codes from `from` to `to`, both included, that have none of their own. */
export interface CloseRange extends Omit<CloseCode, 'code'> {
  readonly from: number;
  readonly to: number;
}

/** What the closing of one protocol means: handed to `explainClose`. */
export interface ClosingTable {
  /** Canonical, as in profiles and on the command line. */
  readonly name: string;
  readonly title: string;
  readonly codes: readonly CloseCode[];
  readonly ranges: readonly CloseRange[];
  /** What the codes alone do not tell: where the reason is found instead. */
  readonly note: string | null;
}

/** One line of a table: code, name, class, reconnect, meaning, what to do. */
type CodeRow = readonly [
  code: number,
  name: string,
  kind: CloseClass,
  reconnect: ReconnectAdvice,
  meaning: string,
  action: string,
  extra?: { readonly sentBy?: CloseSender; readonly wire?: boolean; readonly causes?: readonly string[] },
];

type RangeRow = readonly [from: number, to: number, ...rest: CodeRow extends readonly [number, ...infer R] ? R : never];

/** A closing table as it is written down. Rows say the server sent the code unless they say otherwise. */
export interface ClosingSpec {
  readonly source: string;
  readonly codes?: readonly CodeRow[];
  readonly ranges?: readonly RangeRow[];
  readonly note?: string;
}

/** Spreads a table into records. */
export function closingTable(name: string, title: string, spec: ClosingSpec): ClosingTable {
  const { source, codes = [], ranges = [], note = null } = spec;
  return {
    name,
    title,
    codes: codes.map(([code, ...row]) => ({ code, ...spread(row, name, source) })),
    ranges: ranges.map(([from, to, ...row]) => ({ from, to, ...spread(row, name, source) })),
    note,
  };
}

type RowRest = CodeRow extends readonly [number, ...infer R] ? R : never;

function spread(row: RowRest, protocol: string | null, source: string): Omit<CloseCode, 'code'> {
  const [name, kind, reconnect, meaning, action, extra = {}] = row;
  return {
    name,
    wire: extra.wire ?? true,
    sentBy: extra.sentBy ?? 'server',
    class: kind,
    meaning,
    causes: extra.causes ?? [],
    actions: [action],
    reconnect,
    source,
    protocol,
  };
}
