import { OPCODE, type Frame } from '../../base/frame.js';
import type { CloseInfo, Report } from '../../base/model.js';
import { parseClosePayload } from '../../frames/closePayload.js';
import type { HeaderPair } from '../../base/model.js';
import { formatDuration } from '../../text/durations.js';
import { refusal } from './clientHandshake.js';

/** To a probe it was "we"; between two others it is the client. */
export function inTheirNames(end: CloseInfo): CloseInfo {
  const evidence = end.evidence
    .replace(/\bWe\b/g, 'The client')
    .replace(/\bwe\b/g, 'the client')
    .replace(/\bourselves\b/g, 'itself')
    .replace(/\bOur\b/g, "The client's")
    .replace(/\bour\b/g, "the client's")
    .replace(/\bThe peer\b/g, 'The server')
    .replace(/\bthe peer\b/g, 'the server');
  return { ...end, evidence };
}

/** Where we did something to it, that is what is told: without a Close frame nothing else is known of its end. */
export function withOwnDoing(end: CloseInfo, own: string, by: Ender | null): CloseInfo {
  // A tap that is stopped goes with its clients: the server had no part in it.
  if (end.code === 1006) return { ...end, initiator: by === 'tap' ? 'client' : 'network', evidence: own };
  return { ...end, evidence: `${end.evidence} ${own}`.trim() };
}

/** Who ended a connection first, be it with a Close or without. */
export type Ender = 'client' | 'client-reset' | 'server' | 'fault' | 'tap';

const ENDED_BY: Readonly<Partial<Record<Ender, string>>> = {
  client: 'The client ended TCP (FIN) without a Close frame',
  'client-reset': 'The client reset TCP (RST)',
};

/** Without a Close frame the end is whose it was: the server that lets go of a client that is gone did not end it. */
export function asEndedBy(report: Report, by: Ender | null, livedMs: number): Report {
  const how = by && ENDED_BY[by];
  const { close } = report;
  if (!how || (close !== null && close.code !== 1006)) return report;
  const evidence = `${how} after ${formatDuration(livedMs)}.`;
  return { ...report, close: { code: 1006, reason: '', initiator: 'client', clean: false, evidence } };
}

/** Why no server was reached, for the client: the finding, and its first fix. */
export function refusalWithWhy({ error, findings }: Pick<Report, 'error' | 'findings'>, isLate: boolean): string {
  const [headline] = findings;
  const lines = [
    headline?.title ?? error?.message ?? NOT_REACHED,
    headline?.explanation,
    ...(headline?.fixes.slice(0, 1).map(({ snippet, title }) => `${title}:\n${snippet}`) ?? []),
  ];
  const body = `${lines.filter((line) => line !== undefined && line !== '').join('\n\n')}\n`;
  const headers: HeaderPair[] = [['Content-Type', 'text/plain; charset=utf-8']];
  if (headline) headers.push(['X-Wsprobe-Finding', headline.id]);
  return refusal(isLate ? 504 : 502, isLate ? 'Gateway Timeout' : 'Bad Gateway', headers, body);
}

export const NOT_REACHED = 'The server could not be reached.';

/** The end of a connection by its first Close frame; where there was none, nobody said why. */
export class SeenEnd {
  #first: CloseInfo | null = null;
  #isAnswered = false;

  see({ direction, opcode, payload }: Pick<Frame, 'direction' | 'opcode' | 'payload'>): void {
    if (opcode !== OPCODE.close) return;
    const initiator = direction === 'sent' ? 'client' : 'server';
    if (this.#first !== null) {
      this.#isAnswered ||= this.#first.initiator !== initiator;
      return;
    }
    const close = parseClosePayload(payload);
    const { code, reason } = 'violation' in close ? { code: 1002, reason: '' } : close;
    this.#first = { code, reason, initiator, clean: false, evidence: '' };
  }

  get close(): CloseInfo {
    if (this.#first) {
      const { code, initiator } = this.#first;
      const answered = this.#isAnswered ? 'and was answered' : 'and got no answer';
      const evidence = `The ${initiator} sent Close ${code}, ${answered}.`;
      return { ...this.#first, clean: this.#isAnswered, evidence };
    }
    return { code: 1006, reason: '', initiator: 'network', clean: false, evidence: 'No Close frame came.' };
  }
}
