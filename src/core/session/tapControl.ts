import type { OutgoingMessage } from '../base/message.js';
import type { Finding, Report } from '../base/model.js';
import type { TemplateSource } from '../profile/template.js';
import type { ReferenceValues } from './references.js';
import type { Breakpoint, HeldFate, Lane, TapState } from './tapState.js';

/** What a message may name on its way to these hosts: the target's, or a client's. */
export type ValuesFor = (hosts: readonly string[], lane: Lane) => ReferenceValues;

/** What can be done to connections of others while they live. All of it is noted in their log; rejects with a ProbeError. */
export interface TapControl {
  state(): TapState;
  /** Of a connection, its way to the server and both handshakes; null where it is long over, or under way. */
  report(connection: number): Report | null;
  /** The handshake of a connection as the server got it, credentials in place: not to be shown. Null where it is long over. */
  asked(connection: number): TemplateSource | null;
  /** Of connections that failed, each once. */
  findings(): readonly Finding[];
  /** Faults as a file has them. To one connection: those that are one's own happen at once, the others apply from now on. */
  addFaults(
    text: string,
    connection: number | null,
  ): { readonly numbers: readonly number[]; readonly connections: number };
  /** All that apply give way to those of a file. */
  setFaults(text: string): { readonly faults: number };
  /** Null: all of them. False where there is none. */
  endFault(number: number | null): boolean;
  inject(
    connection: number,
    lane: Lane,
    message: OutgoingMessage,
    values?: ValuesFor,
  ): Promise<{ readonly bytes: number }>;
  setBreakpoints(breakpoints: readonly Breakpoint[]): void;
  /** What a held message says, for who is to change it. */
  heldMessage(held: number): OutgoingMessage;
  release(held: number, fate: HeldFate, values?: ValuesFor): Promise<void>;
  /** All that wait. Gives how many did. */
  releaseAll(fate: 'pass' | 'drop'): number;
}
