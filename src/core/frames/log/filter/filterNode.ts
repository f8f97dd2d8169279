import type { FilterProblem, RowKind } from '../../../base/logRow.js';

export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!=';
export type NumberField = 'size' | 'wire' | 'time' | 'frames';
export type RowFlag = 'compressed' | 'fragmented' | 'dropped' | 'truncated' | 'masked' | 'marked';
export type JsonScalar = string | number | boolean | null;

/** A parsed filter. Sizes are bytes, times milliseconds. */
export type FilterNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'regex'; readonly regex: RegExp }
  | { readonly type: 'json'; readonly path: string; readonly test: JsonTest }
  | { readonly type: 'direction'; readonly sent: boolean }
  | { readonly type: 'kind'; readonly kinds: readonly RowKind[] }
  | { readonly type: 'opcode'; readonly opcodes: readonly number[] }
  | { readonly type: 'connection'; readonly connections: readonly number[] }
  | { readonly type: 'flag'; readonly flag: RowFlag }
  | {
      readonly type: 'number';
      readonly field: NumberField;
      readonly comparison: Comparison;
      readonly value: number;
    }
  | { readonly type: 'not'; readonly node: FilterNode }
  | { readonly type: 'and' | 'or'; readonly nodes: readonly FilterNode[] };

export type JsonTest =
  | { readonly type: 'exists' }
  | { readonly type: 'compare'; readonly comparison: Comparison; readonly value: JsonScalar }
  | { readonly type: 'match'; readonly regex: RegExp };

export interface ParsedFilter {
  /** Null when the text is empty or has problems. */
  readonly root: FilterNode | null;
  readonly caseSensitive: boolean;
  readonly problems: readonly FilterProblem[];
}
