import type { CloseInitiator } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import type { CloseClass, CloseSender, ClosingTable, ReconnectAdvice } from './closeCode.js';
import { codeIn, generalMeaning, type Meaning } from './codeMeaning.js';
import { type DisconnectReason, disconnectReason, explainAbnormal, type SocketEnd } from './disconnect.js';
import { IANA_CODES } from './iana.js';
import { readReason } from './reasonText.js';

/** How another protocol uses the same code. */
interface CloseUse {
  readonly dialect: string;
  readonly title: string;
  readonly name: string;
  readonly meaning: string;
}

/** A close code explained as far as what is known about the connection allows. Texts are safe to show. */
export interface CloseExplanation {
  readonly code: number;
  readonly name: string;
  /** "4401 Unauthorized". */
  readonly title: string;
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly actions: readonly string[];
  readonly reconnect: ReconnectAdvice;
  readonly class: CloseClass;
  readonly wire: boolean;
  readonly sentBy: CloseSender;
  readonly disconnect: DisconnectReason;
  /** Canonical name of the dialect taken into account; null when none was given or it is unknown. */
  readonly dialect: string | null;
  /** Where the dialect says more than its codes do. */
  readonly note: string | null;
  /** Protocols that use this code, when no dialect decides between them. */
  readonly usedBy: readonly CloseUse[];
  /** What our own socket saw; a 1006 is never shown without it when it is known. */
  readonly evidence: string | null;
  readonly source: string;
}

export interface ExplainCloseOptions {
  /** What the dialect that is spoken says of its codes. */
  readonly closing?: ClosingTable | null | undefined;
  /** Every protocol whose codes are known: who else uses this one. */
  readonly tables?: readonly ClosingTable[] | undefined;
  /** Who closed: a code that only the other side may send is then called a fault. */
  readonly initiator?: CloseInitiator | undefined;
  readonly reason?: string | undefined;
  /** What our own socket saw: in words, or as a record from which the words are made. */
  readonly evidence?: string | SocketEnd | undefined;
}

/**
 * Explains a close code. Looks in order at the dialect, the reason text, the IANA registry and the range (RFC 6455 7.4.2).
 * A code that protocols use differently is never explained by guessing: without one table `usedBy` names them all.
 */
export function explainClose(code: number, options: ExplainCloseOptions = {}): CloseExplanation {
  const { closing = null } = options;
  const own = closing ? codeIn(closing, code) : null;
  const general = generalMeaning(code);
  const usedBy = own ? [] : usesOf(code, options.tables ?? []);
  const told = own ? null : readReason(options.reason ?? '');
  const entry = own ?? general;
  const end = typeof options.evidence === 'object' ? options.evidence : undefined;
  const kind = told?.class ?? entry.class;
  return {
    code,
    name: entry.name,
    title: `${code} ${entry.name}`,
    meaning: own ? own.meaning : meaningOf(general, code, usedBy, told?.meaning ?? null),
    causes: [...wrongSender(entry, options.initiator), ...(told ? [] : entry.causes)],
    // What the server says itself leaves no room for what else the code may stand for.
    actions: told ? [told.action] : entry.actions,
    reconnect: told?.reconnect ?? entry.reconnect,
    class: kind,
    wire: entry.wire,
    sentBy: entry.sentBy,
    disconnect: disconnectReason(code, kind, end),
    dialect: closing?.name ?? null,
    note: closing?.note ?? null,
    usedBy,
    evidence: wordsOf(options.evidence),
    source: told && !own ? `${entry.source}; ${told.source}` : entry.source,
  };
}

function wordsOf(evidence: string | SocketEnd | undefined): string | null {
  if (evidence === undefined || evidence === '') return null;
  return typeof evidence === 'string' ? plainText(evidence, 600) : explainAbnormal(evidence).text;
}

function wrongSender(entry: Meaning, initiator: CloseInitiator | undefined): readonly string[] {
  if (entry.sentBy !== 'client' || initiator !== 'server') return [];
  return ['Only clients send this code; coming from a server it is a fault of the server.'];
}

function usesOf(code: number, tables: readonly ClosingTable[]): readonly CloseUse[] {
  if (code < 3000) return [];
  return tables.flatMap(({ name: dialect, title, codes }) => {
    const entry = codes.find((row) => row.code === code);
    return entry ? [{ dialect, title, name: entry.name, meaning: entry.meaning }] : [];
  });
}

function meaningOf(general: Meaning, code: number, usedBy: readonly CloseUse[], told: string | null): string {
  // Where a reason is given it is what the server meant, whatever registered code it chose to put before it.
  const parts = told && code < 3000 ? [told] : told ? [general.meaning, told] : [general.meaning];
  // Who else uses the code says nothing where the server said what it means.
  if (usedBy.length > 0 && told === null) {
    const lead =
      code < 4000 && IANA_CODES.some((entry) => entry.code === code) ? 'That is the registered meaning; ' : '';
    parts.push(`${lead}${lead ? 'protocols' : 'Protocols'} that use ${code}: ${listUses(usedBy)}.`);
  }
  return parts.join(' ');
}

function listUses(usedBy: readonly CloseUse[]): string {
  return usedBy.map(({ dialect, name }) => `${dialect} (${name})`).join(', ');
}
