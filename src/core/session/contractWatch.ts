import { setImmediate as nextTurn } from 'node:timers/promises';
import { readRegularFile } from '../base/regularFile.js';
import { ContractCheck } from '../contract/check.js';
import type { Contract } from '../contract/contract.js';
import { ContractLearner } from '../contract/learn.js';
import { readContract } from '../contract/readContract.js';
import { Redactor } from '../redaction/redactor.js';
import { LoggedContents } from './loggedContents.js';
import type { LogSource } from './logSource.js';
import { Pace } from './pace.js';
import type { ContractState, LoggedDeparture } from './snapshot.js';

/** As large as a contract may be. */
const MAX_CONTRACT_BYTES = 64 * 1024 * 1024;
const PER_TURN = 50;
/** Messages a second that are looked at while they come; the others wait in the log. */
const MAX_PER_SECOND = 20_000;
const MAX_DEPARTURES = 100;

/** A contract out of a file. Throws what is wrong with it. */
export async function contractOf(path: string): Promise<Contract> {
  const bytes = await readRegularFile(path, { maxBytes: MAX_CONTRACT_BYTES });
  return readContract(bytes.toString('utf8'));
}

/** The contract that the messages of a log as it stands have in common. */
export async function learnFromLog(
  source: LogSource,
): Promise<{ readonly contract: Contract; readonly missed: number }> {
  const learner = new ContractLearner();
  const messages = new LoggedContents(source);
  const { nextId } = source.log;
  for (let count = 1; ; count++) {
    const next = await messages.next();
    if (next === null || next.id >= nextId) break;
    for (const content of next.contents) learner.add(next.direction, content);
    if (count % PER_TURN === 0) await nextTurn();
  }
  return { contract: learner.contract(), missed: messages.missed };
}

export interface ContractWatchOptions {
  readonly source: LogSource;
  readonly contract: Contract;
  /** What the contract is called, as a person knows it. */
  readonly name: string;
  /** Once: the first message that departs. */
  readonly onFirst: (departure: LoggedDeparture) => void;
  readonly onChange: () => void;
}

/** Holds the messages of a log against a contract, those that are there and, as they come, those that follow. */
export class ContractWatch {
  readonly #departures: LoggedDeparture[] = [];
  readonly #redactor: Redactor;
  readonly #options: ContractWatchOptions;
  readonly #check: ContractCheck;
  readonly #messages: LoggedContents;
  readonly #pace = new Pace(MAX_PER_SECOND);
  #count = 0;
  #departing = 0;
  #running: Promise<void> | null = null;
  #hasNews = false;
  #isHurried = false;
  #isOver = false;

  constructor(options: ContractWatchOptions) {
    this.#options = options;
    this.#check = new ContractCheck(options.contract);
    this.#messages = new LoggedContents(options.source);
    this.#redactor = new Redactor(options.source.secrets);
  }

  /** The first ones. What a contract says may be secret as well, and what was none then may be one now. */
  get departures(): readonly LoggedDeparture[] {
    return this.#departures.map((each) => this.#redactor.deep(each));
  }

  get state(): ContractState {
    const { name } = this.#options;
    const [first] = this.#departures;
    return {
      name,
      messages: this.#count,
      departing: this.#departing,
      missed: this.#messages.missed,
      first: first ? this.#redactor.deep(first) : null,
    };
  }

  /** The log has grown; called as often as it does. */
  grew(): void {
    this.#hasNews = true;
    if (this.#running !== null || this.#isOver) return;
    this.#running = this.#readOn().finally(() => (this.#running = null));
  }

  /** Settles when what is in the log now has been held against it. */
  async caughtUp(): Promise<void> {
    this.#isHurried = true;
    this.grew();
    await this.#running;
    this.#isHurried = false;
  }

  stop(): void {
    this.#isOver = true;
  }

  async #readOn(): Promise<void> {
    await nextTurn();
    while (this.#hasNews && !this.#isOver) {
      this.#hasNews = false;
      for (let count = 1; !this.#isOver; count++) {
        if (count % PER_TURN === 0) await nextTurn();
        if (!this.#isHurried && !this.#pace.mayGoOn(false)) {
          this.#pace.later(() => this.grew());
          return;
        }
        const next = await this.#messages.next();
        if (next === null) break;
        const { contents, ...where } = next;
        for (const content of contents) this.#look(content, where);
      }
    }
  }

  #look(
    content: Parameters<ContractCheck['departure']>[1],
    where: Pick<LoggedDeparture, 'id' | 'connection' | 'direction' | 'atMs'>,
  ): void {
    this.#count += 1;
    const departure = this.#check.departure(where.direction, content);
    if (departure !== null) {
      this.#departing += 1;
      const told = { ...where, ...departure };
      if (this.#departures.length < MAX_DEPARTURES) this.#departures.push(told);
      if (this.#departing === 1) this.#options.onFirst(this.#redactor.deep(told));
    }
    this.#options.onChange();
  }
}
