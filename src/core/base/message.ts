/** A payload: a string is sent as text; an object has exactly one key. */
export type Payload =
  | string
  | { readonly text: string }
  | { readonly json: unknown }
  | { readonly hex: string }
  | { readonly base64: string }
  | { readonly file: string };

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
