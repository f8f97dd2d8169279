/** One answer of each kind that is known, as its software sent it or its documentation shows it. */
export interface KnownRow {
  readonly id: string;
  readonly status: number;
  /** Where it is not the usual one of the status. */
  readonly reason?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly origin?: string;
  readonly url?: string;
  readonly finding: string;
  readonly title: RegExp;
}

export type ShortRow = readonly [
  id: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  finding: string,
  title: RegExp,
  rest?: Partial<Pick<KnownRow, 'reason' | 'origin' | 'url'>>,
];
