import type { Fault, FaultKind } from '../../base/fault.js';
import type { ReceivedMessage } from '../../payload/match.js';
import { matchMessage } from '../../payload/match.js';
import type { Lane } from '../../session/tapState.js';
import { kindOf, OF_CONNECTION } from './faults.js';

/** A fault of the file, by its number from 1. */
export interface NumberedFault {
  readonly number: number;
  readonly kind: FaultKind;
  readonly fault: Fault;
}

/** What a message meets. */
export interface Passing {
  /** Messages of the direction that came before it. */
  readonly before: number;
  readonly sinceMs: number;
  readonly message: ReceivedMessage;
}

/** Whether a fault that may happen does, this time. */
export function chance({ fault: { probability = 1 } }: NumberedFault, random: () => number): boolean {
  return probability >= 1 || random() < probability;
}

export function numbered(faults: readonly Fault[], from = 1): readonly NumberedFault[] {
  return faults.map((fault, index) => ({ number: index + from, kind: kindOf(fault), fault }));
}

/** The faults of one direction of one connection: which of them apply to what passes, by chance where they say so. */
export class LaneFaults {
  readonly #random: () => number;
  /** Of those with `every`: how often their other conditions held. */
  readonly #held = new Map<number, number>();
  readonly #isMine: (fault: Fault) => boolean;
  #messages: readonly NumberedFault[] = [];
  #timed: readonly NumberedFault[] = [];
  #ending: readonly NumberedFault[] = [];

  constructor(faults: readonly NumberedFault[], connection: number, lane: Lane, random: () => number) {
    this.#random = random;
    this.#isMine = (fault) => isMine(fault, connection, lane);
    this.apply(faults);
  }

  /** Those that apply to what comes, in place of those before. */
  apply(faults: readonly NumberedFault[]): void {
    const mine = faults.filter(({ fault, kind }) => this.#isMine(fault) && kind !== 'refuseUpgrade');
    const ends = (each: NumberedFault) => OF_CONNECTION.includes(each.kind);
    this.#messages = mine.filter((each) => !ends(each));
    this.#timed = mine.filter(happensByItself);
    this.#ending = mine.filter((each) => ends(each) && !happensByItself(each));
  }

  /** To be begun at a time, whatever passes. */
  get timed(): readonly NumberedFault[] {
    return this.#timed;
  }

  /** What happens to a message that is about to pass, in the order of the file. */
  of(passing: Passing): readonly NumberedFault[] {
    return this.#messages.filter((each) => each.kind !== 'refusePong' && this.#holds(each, passing));
  }

  /** What happens to the connection now that a message has passed. */
  after(passing: Passing): readonly NumberedFault[] {
    const passed = { ...passing, before: passing.before + 1 };
    return this.#ending.filter((each) => this.#holds(each, passed));
  }

  /** The fault that keeps a pong from passing. */
  refusesPong(passing: Pick<Passing, 'before' | 'sinceMs'>): NumberedFault | null {
    return this.#messages.find((each) => each.kind === 'refusePong' && this.#holds(each, passing)) ?? null;
  }

  /** A whole number from 0 to below `below`. */
  pick(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #holds(
    each: NumberedFault,
    { before, message, sinceMs }: Partial<Passing> & Pick<Passing, 'before' | 'sinceMs'>,
  ): boolean {
    const { afterMessages = 0, afterMs = 0, every, match } = each.fault.when ?? {};
    if (before < afterMessages || sinceMs < afterMs) return false;
    if (match !== undefined && !(message && matchMessage(match, message).matched)) return false;
    if (every !== undefined) {
      const held = (this.#held.get(each.number) ?? 0) + 1;
      this.#held.set(each.number, held);
      if (held % every !== 0) return false;
    }
    return chance(each, this.#random);
  }
}

/** It happens to a connection at a time, and waits for no message. */
export function happensByItself({ fault: { when }, kind }: NumberedFault): boolean {
  return OF_CONNECTION.includes(kind) && (when?.afterMessages ?? when?.match) === undefined;
}

function isMine({ direction = 'both', when }: Fault, connection: number, lane: Lane): boolean {
  return (direction === 'both' || direction === lane) && (when?.connection ?? connection) === connection;
}

/** The fault that refuses this connection's upgrade, if one does. */
export function refusalOf(
  faults: readonly NumberedFault[],
  connection: number,
  random: () => number,
): NumberedFault | null {
  const isMeant = ({ fault: { when }, kind }: NumberedFault) =>
    kind === 'refuseUpgrade' && (when?.connection ?? connection) === connection;
  return faults.find((each) => isMeant(each) && chance(each, random)) ?? null;
}
