import type {
  CloseInfo,
  ExpectationResult,
  HeaderPair,
  ResponseInfo,
  SubprotocolInfo,
  TlsInfo,
} from '../base/model.js';
import { JudgeTime } from '../base/expressionGuard.js';
import type { Expectations, HeaderExpectation } from '../base/plan.js';

/** What the expectations of a profile are held against. */
export interface Observed {
  readonly connected: boolean;
  readonly response: ResponseInfo | null;
  readonly subprotocol: SubprotocolInfo;
  readonly tls: TlsInfo | null;
  readonly close: CloseInfo | null;
  /** How long the connection stayed open before we wanted to close it; null when it never opened. */
  readonly heldMs: number | null;
  /** Until the connection was ready: open, and the message check done. */
  readonly readyMs: number;
}

/** Only what a regular expression of the profile is run on. */
const MAX_HEADER_VALUE = 8_192;

/** One row for each expectation the profile states and that could be judged; rows never reached are left out. */
export function checkExpectations(expect: Expectations, observed: Observed): ExpectationResult[] {
  const rows: ExpectationResult[] = [];
  const add = (name: string, passed: boolean, expected: string, actual: string) =>
    rows.push({ name, passed, expected, actual });
  const { response, subprotocol, tls, close } = observed;
  if (expect.status !== undefined && response) {
    add(
      `status is ${expect.status}`,
      response.status === expect.status,
      String(expect.status),
      String(response.status),
    );
  }
  if (expect.httpVersion !== undefined && response) {
    const passed = response.httpVersion === expect.httpVersion;
    add(`HTTP version is ${expect.httpVersion}`, passed, expect.httpVersion, response.httpVersion);
  }
  if (expect.subprotocol !== undefined && observed.connected) {
    const wanted = expect.subprotocol ?? 'none';
    const passed = subprotocol.selected === expect.subprotocol;
    add(`subprotocol is ${wanted}`, passed, wanted, subprotocol.selected ?? 'none');
  }
  if (response) {
    const time = new JudgeTime();
    for (const [name, wanted] of Object.entries(expect.headers ?? {}))
      add(...checkHeader(name, wanted, response.headers, time));
  }
  if (expect.certificateDaysLeft !== undefined && tls) {
    const days = Math.min(...tls.chain.map(({ daysLeft }) => daysLeft));
    const passed = days >= expect.certificateDaysLeft;
    add(
      `certificates are valid for ${expect.certificateDaysLeft} days`,
      passed,
      `${expect.certificateDaysLeft} days or more`,
      `${days} days`,
    );
  }
  if (observed.heldMs !== null && expect.holdMs > 0) {
    const expectedClose = close?.initiator === 'server' && (expect.closeCode ?? []).includes(close.code);
    const passed = observed.heldMs >= expect.holdMs || expectedClose;
    add(`stays open for ${expect.holdMs} ms`, passed, `${expect.holdMs} ms or more`, `${observed.heldMs} ms`);
  }
  if (expect.closeCode !== undefined && close) {
    const wanted = expect.closeCode.join(' or ');
    add(`close code is ${wanted}`, expect.closeCode.includes(close.code), wanted, String(close.code));
  }
  const total = expect.budgets.total;
  const limit = total?.downMs ?? total?.degradedMs ?? null;
  if (limit !== null && observed.connected) {
    add(`is ready within ${limit} ms`, observed.readyMs <= limit, `${limit} ms or less`, `${observed.readyMs} ms`);
  }
  return rows;
}

function checkHeader(
  name: string,
  wanted: HeaderExpectation,
  headers: readonly HeaderPair[],
  time: JudgeTime,
): [name: string, passed: boolean, expected: string, actual: string] {
  const values = headers.filter(([header]) => header.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const value = values.length === 0 ? null : values.join(', ').slice(0, MAX_HEADER_VALUE);
  const [verb, operand, matches] = comparison(wanted);
  const expected = `${verb} ${operand}`;
  const row = `header ${name} ${expected}`;
  if (value === null) return [row, false, expected, 'no such header'];
  try {
    return [row, time.spend(() => matches(value)), expected, value];
  } catch (error) {
    return [row, false, expected, `${value}, not judged: ${(error as Error).message}`];
  }
}

function comparison(wanted: HeaderExpectation): [verb: string, operand: string, matches: (value: string) => boolean] {
  if ('equals' in wanted) return ['equals', wanted.equals, (value) => value === wanted.equals];
  if ('contains' in wanted) return ['contains', wanted.contains, (value) => value.includes(wanted.contains)];
  return ['matches', wanted.matches, (value) => new RegExp(wanted.matches).test(value)];
}
