import { isUtf8 } from 'node:buffer';
import { escapeVariables } from '../../base/escapeVariables.js';
import { ProbeError } from '../../base/errors.js';
import type { Fault } from '../../base/fault.js';
import type { OutgoingMessage } from '../../base/message.js';
import type { Finding, Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { setBounded } from '../../base/setBounded.js';
import { messageText } from '../../contract/messageText.js';
import { destinations } from '../../profile/destinations.js';
import { behindMarks, unmarked } from '../../redaction/behindMarks.js';
import { Redactor } from '../../redaction/redactor.js';
import type { ObservedSource } from '../../session/observedSource.js';
import { encodeOutgoing } from '../../session/outgoing.js';
import { fillReferences, learning } from '../../session/references.js';
import type { TapControl, ValuesFor } from '../../session/tapControl.js';
import type { Breakpoint, HeldFate, HeldMessage, Lane, TapState } from '../../session/tapState.js';
import { faultText } from '../faults/faultText.js';
import { parseFaults } from '../faults/faults.js';
import type { Held } from './lane.js';
import { sameLifetimes } from './lifetimes.js';
import type { Relay } from './relay.js';
import type { TapAlerts } from './tapAlerts.js';

/** Of those that wait, as many are listed. */
const MAX_LISTED = 20;
const MAX_FINDINGS = 20;
const MAX_REPORTS = 200;
const MAX_LIFETIMES = 5;
const MAX_BREAKPOINTS = 20;
/** A message is shown by its beginning. */
const PREVIEW_BYTES = 2_048;
/** As much may wait for a person, of all connections together. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Longer ones go or go not; nobody edits them by hand. */
const MAX_EDITED_BYTES = 1024 * 1024;

export interface RelayControlOptions {
  readonly relay: Relay;
  readonly source: ObservedSource;
  readonly alerts: Pick<TapAlerts, 'firing' | 'note'>;
  readonly plan: ProbePlan;
  readonly address: string;
  readonly isOpen: boolean;
  readonly seed: number;
  readonly answersFrom: string | null;
}

/** Where a message of ours goes, and what it may name there. */
interface Way {
  readonly connection: number;
  readonly lane: Lane;
  readonly values: ValuesFor | undefined;
}

type Waiting = Held & { readonly connection: number };

/** What a person does to the connections of a relay while it runs, and what the relay has to tell them. */
export class RelayControl implements TapControl {
  readonly #options: RelayControlOptions;
  readonly #redactor: Redactor;
  /** Messages that wait, by their number. */
  readonly #waiting = new Map<number, Waiting>();
  #waitingBytes = 0;
  #isFull = false;
  readonly #findings = new Map<string, { readonly finding: Finding; readonly wasOpen: boolean }>();
  /** Of those that are over, the latest. */
  readonly #reports = new Map<number, Report>();
  #lifetimes: { readonly of: number; readonly same: TapState['lifetimes'] } = { of: 0, same: [] };
  #lastHeld = 0;
  #sequence = 0;

  constructor(options: RelayControlOptions) {
    this.#options = options;
    this.#redactor = new Redactor(options.source.secrets);
  }

  state(): TapState {
    const { address, alerts, answersFrom, isOpen, relay, seed } = this.#options;
    const listed = [...this.#waiting.entries()].slice(0, MAX_LISTED).map((each) => this.#shown(...each));
    return {
      address,
      isOpen,
      summary: relay.summary(),
      lifetimes: this.#sameLifetimes(),
      alerts: alerts.firing,
      faults: relay.faults.map(({ fault, number }) => ({ number, text: this.#redactor.text(faultText(fault)) })),
      seed,
      breakpoints: relay.breakpoints.map((each) => this.#redactor.deep(each)),
      held: { count: this.#waiting.size, listed },
      answersFrom,
    };
  }

  findings(): readonly Finding[] {
    return [...this.#findings.values()].map(({ finding }) => finding).toReversed();
  }

  report(connection: number): Report | null {
    const report = this.#options.relay.report(connection) ?? this.#reports.get(connection) ?? null;
    return report && this.#redactor.deep({ ...report, frames: [] });
  }

  asked(connection: number) {
    return this.#options.relay.asked(connection);
  }

  addFaults(text: string, connection: number | null) {
    this.#requireOpen(connection);
    const faults = faultsOf(text);
    const { relay } = this.#options;
    const added = relay.addFaults(faults, connection);
    for (const { fault, number } of relay.faults)
      if (added.numbers.includes(number)) this.#note(connection, `Fault ${number} from now on: ${faultText(fault)}.`);
    this.#touch();
    return added;
  }

  setFaults(text: string) {
    const faults = faultsOf(text);
    const { relay } = this.#options;
    relay.setFaults(faults);
    for (const { fault, number } of relay.faults) this.#note(null, `Fault ${number} from now on: ${faultText(fault)}.`);
    this.#touch();
    return { faults: faults.length };
  }

  endFault(number: number | null): boolean {
    const ended = this.#options.relay.endFault(number);
    if (ended) this.#note(null, number === null ? 'No fault applies any more.' : `Fault ${number} applies no more.`);
    this.#touch();
    return ended;
  }

  async inject(
    connection: number,
    lane: Lane,
    message: OutgoingMessage,
    values?: ValuesFor,
  ): Promise<{ readonly bytes: number }> {
    this.#requireOpen(connection);
    const encoded = await this.#encode(message, { connection, lane, values });
    if (!this.#options.relay.inject(connection, lane, encoded)) throw notOpen(connection);
    return { bytes: encoded.bytes.length };
  }

  setBreakpoints(breakpoints: readonly Breakpoint[]): void {
    const { relay } = this.#options;
    const known = relay.breakpoints.flatMap(({ contains }) => contains ?? []);
    // Those that apply come back as they were shown.
    const meant = ({ contains, ...more }: Breakpoint): Breakpoint => {
      if (contains === undefined) return more;
      return { ...more, contains: known.find((each) => this.#redactor.text(each) === contains) ?? contains };
    };
    relay.setBreakpoints(breakpoints.slice(0, MAX_BREAKPOINTS).map(meant));
    this.#touch();
  }

  heldMessage(held: number): OutgoingMessage {
    const { binary, bytes } = this.#held(held);
    if (bytes.length > MAX_EDITED_BYTES)
      throw new ProbeError('tap.too-long', `A message of ${bytes.length} bytes is too long to be edited here.`, {
        hint: 'Let it go or drop it; a fault with "replace" puts another in its place.',
      });
    if (!binary && isUtf8(bytes)) {
      const text = Buffer.from(bytes).toString('utf8');
      const shown = this.#redactor.text(text);
      if (behindMarks(text, shown) === null) throw holdsSecret();
      return { format: 'text', content: escapeVariables(shown), binary };
    }
    if (this.#redactor.bytes(bytes) !== bytes) throw holdsSecret();
    return { format: 'hex', content: Buffer.from(bytes).toString('hex'), binary };
  }

  async release(held: number, fate: HeldFate, values?: ValuesFor): Promise<void> {
    const { bytes, connection, id, lane } = this.#held(held);
    const other = typeof fate === 'string' ? null : await this.#edited(bytes, fate, { connection, lane, values });
    const content = fate === 'pass' ? undefined : other;
    const whither = lane === 'toServer' ? 'the server' : 'the client';
    const what = `a message of ${bytes.length} bytes to ${whither} (held ${held})`;
    // Somebody may have let it go meanwhile.
    if (!this.#forget(held)) throw notHeld(held);
    if (other) this.#note(connection, `Changed ${what} to one of ${other.bytes.length} bytes: ${this.#preview(other)}`);
    else this.#note(connection, fate === 'drop' ? `Dropped ${what}.` : `Let go ${what}.`);
    if (!this.#options.relay.release(connection, lane, id, content)) throw notHeld(held);
    this.#touch();
  }

  releaseAll(fate: 'pass' | 'drop'): number {
    const all = [...this.#waiting];
    for (const [held, { connection, id, lane }] of all) {
      this.#forget(held);
      this.#options.relay.release(connection, lane, id, fate === 'pass' ? undefined : null);
    }
    if (all.length > 0)
      this.#note(null, `${fate === 'pass' ? 'Let go' : 'Dropped'} all ${all.length} messages that were held.`);
    this.#touch();
    return all.length;
  }

  /** A message of a connection has stopped here. */
  held(message: Held, connection: number): void {
    this.#lastHeld += 1;
    this.#waiting.set(this.#lastHeld, { ...message, connection });
    const { bytes, lane } = message;
    this.#waitingBytes += bytes.length;
    const whither = lane === 'toServer' ? 'the server' : 'the client';
    this.#note(
      connection,
      `Holds a message of ${bytes.length} bytes on its way to ${whither} (held ${this.#lastHeld}).`,
    );
  }

  /** Said once, until there is room again. */
  mayHold(): boolean {
    const isFull = this.#waiting.size >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
    if (isFull && !this.#isFull) this.#note(null, 'So many messages wait that further ones are not held.');
    this.#isFull = isFull;
    return !isFull;
  }

  /** The server is there: why it was not reached before is of the past. */
  reached(): void {
    for (const [id, { wasOpen }] of this.#findings) if (!wasOpen) this.#findings.delete(id);
  }

  /** A connection is over, or did not come about: what waited of it waits no more. */
  ended(report: Report, connection: number): void {
    const { findings, response } = report;
    this.#options.alerts.note(report);
    // What it said is in the log.
    setBounded(this.#reports, connection, { ...report, frames: [] }, MAX_REPORTS);
    for (const [held, waiting] of this.#waiting) if (waiting.connection === connection) this.#forget(held);
    const wasOpen = response?.status === 101;
    for (const finding of findings) {
      if (finding.severity === 'info') continue;
      this.#findings.delete(finding.id);
      this.#findings.set(finding.id, { finding: this.#redactor.deep(finding), wasOpen });
      const [oldest] = this.#findings.keys();
      if (this.#findings.size > MAX_FINDINGS && oldest !== undefined) this.#findings.delete(oldest);
    }
    this.#touch();
  }

  /** Marks of what is not shown stand for it again. */
  async #edited(bytes: Uint8Array, message: OutgoingMessage, way: Way) {
    const text = isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : '';
    const hidden = behindMarks(text, this.#redactor.text(text)) ?? [];
    if (hidden.length === 0) return this.#encode(message, way);
    const content = unmarked(message.content, hidden.map(escapeVariables));
    if (content !== null) return this.#encode({ ...message, content }, way);
    throw new ProbeError(
      'tap.marks',
      'Each [redacted] of this message stands for a secret that it holds: leave them.',
      {
        hint: 'Drop it, and send another one, to send it without.',
      },
    );
  }

  async #encode(message: OutgoingMessage, { connection, lane, values }: Way) {
    const { plan, source } = this.#options;
    const { baseDir, variables } = plan;
    const hosts = lane === 'toServer' ? destinations(plan) : [this.#clientOf(connection)];
    const named = values && learning(values(hosts, lane), (value) => source.learn(value));
    const filled = named ? await fillReferences(message, named, variables) : message;
    return encodeOutgoing(filled, { baseDir, variables, seq: ++this.#sequence });
  }

  /** The address of a client, without the port that is another each time. */
  #clientOf(connection: number): string {
    const told = this.#options.source.connections.find((each) => each.connection === connection);
    return (told?.peer ?? '').replace(/:\d+$/, '');
  }

  #forget(held: number): boolean {
    this.#waitingBytes -= this.#waiting.get(held)?.bytes.length ?? 0;
    return this.#waiting.delete(held);
  }

  #held(held: number): Waiting {
    const waiting = this.#waiting.get(held);
    if (waiting) return waiting;
    throw notHeld(held);
  }

  /** Counted anew when connections have ended, not each time that somebody looks. */
  #sameLifetimes(): TapState['lifetimes'] {
    const { lifetimesMs } = this.#options.relay.figures;
    if (lifetimesMs.length !== this.#lifetimes.of)
      this.#lifetimes = { of: lifetimesMs.length, same: sameLifetimes(lifetimesMs).slice(0, MAX_LIFETIMES) };
    return this.#lifetimes.same;
  }

  #requireOpen(connection: number | null): void {
    if (connection !== null && !this.#options.relay.isOpen(connection)) throw notOpen(connection);
  }

  #shown(held: number, { binary, bytes, connection, lane }: Waiting): HeldMessage {
    return { held, connection, lane, binary, bytes: bytes.length, preview: this.#preview({ binary, bytes }) };
  }

  #preview({ binary, bytes }: Pick<Held, 'binary' | 'bytes'>): string {
    const beginning = this.#redactor.bytes(bytes.subarray(0, PREVIEW_BYTES));
    return binary
      ? messageText({ binary, bytes: beginning })
      : this.#redactor.text(messageText({ binary, bytes: beginning }));
  }

  #note(connection: number | null, text: string): void {
    this.#options.source.note(connection, text);
  }

  #touch(): void {
    this.#options.source.touch();
  }
}

function faultsOf(text: string): readonly Fault[] {
  const { faults, problems } = parseFaults(text);
  const [first] = problems.filter(({ severity }) => severity === 'error');
  if (!first) return faults;
  throw new ProbeError('tap.faults', `Line ${first.line + 1}, column ${first.character + 1}: ${first.message}`);
}

function notHeld(held: number): ProbeError {
  return new ProbeError('tap.not-held', `The message that was held as ${held} does not wait any more.`);
}

function notOpen(connection: number): ProbeError {
  return new ProbeError('tap.not-open', `Connection ${connection} is not open.`);
}

function holdsSecret(): ProbeError {
  return new ProbeError('tap.secret', 'This message holds a secret that cannot be left out of what is shown.', {
    hint: 'Let it go as it is, or drop it.',
  });
}
