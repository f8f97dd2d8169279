import type { Phase, PhaseName, PhaseStatus } from '../base/model.js';
import { type Clock, toThousandths } from '../base/clock.js';

type Detail = Record<string, unknown>;

interface Row {
  readonly name: PhaseName;
  status: PhaseStatus | 'running';
  startMs: number;
  endMs: number;
  detail: Detail;
}

/** The phases of one run, each with its own clock. Rows stand in the order in which they will run. */
export class PhaseRecorder {
  readonly #clock: Clock;
  readonly #rows: Row[];
  readonly #onChange: () => void;

  constructor(names: readonly PhaseName[], clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#rows = names.map((name) => ({ name, status: 'not-reached', startMs: 0, endMs: 0, detail: {} }));
  }

  get running(): PhaseName | null {
    return this.#rows.find(({ status }) => status === 'running')?.name ?? null;
  }

  skip(name: PhaseName, detail: Detail = {}): void {
    const atMs = this.#clock();
    this.#change(name, { status: 'skipped', startMs: atMs, endMs: atMs, detail });
  }

  /** Skips a phase if this run has it at all. */
  skipKnown(name: PhaseName, detail: Detail): void {
    if (this.#rows.some((row) => row.name === name)) this.skip(name, detail);
  }

  /** Phases that will run once more, over another connection. */
  reset(names: readonly PhaseName[]): void {
    for (const row of this.#rows) {
      if (names.includes(row.name)) Object.assign(row, { status: 'not-reached', startMs: 0, endMs: 0, detail: {} });
    }
    this.#onChange();
  }

  begin(name: PhaseName, startMs = this.#clock()): void {
    this.#change(name, { status: 'running', startMs, endMs: startMs });
  }

  end(name: PhaseName, status: PhaseStatus, detail: Detail = {}, endMs = this.#clock()): void {
    this.#change(name, { status, endMs, detail: { ...this.#row(name).detail, ...detail } });
  }

  /** Phases as they stand; a running one lasts until now and is shown as `ok` so far. */
  phases(): Phase[] {
    const nowMs = this.#clock();
    return this.#rows.map(({ name, status, startMs, endMs, detail }) => ({
      name,
      status: status === 'running' ? 'ok' : status,
      startMs,
      durationMs: Math.max(0, toThousandths((status === 'running' ? nowMs : endMs) - startMs)),
      detail,
      budget: null,
    }));
  }

  #change(name: PhaseName, change: Partial<Row>): void {
    Object.assign(this.#row(name), change);
    this.#onChange();
  }

  #row(name: PhaseName): Row {
    const found = this.#rows.find((row) => row.name === name);
    if (found) return found;
    const added: Row = { name, status: 'not-reached', startMs: 0, endMs: 0, detail: {} };
    // A phase nobody asked for, failing all the same, stands before the close.
    const close = this.#rows.findIndex((row) => row.name === 'close');
    this.#rows.splice(close === -1 ? this.#rows.length : close, 0, added);
    return added;
  }
}
