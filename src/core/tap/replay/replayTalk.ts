import type { Clock } from '../../base/clock.js';
import type { Failure } from '../../base/evidence.js';
import { Carried } from '../../contract/carried.js';
import type { ContentReader } from '../../contract/contentReader.js';
import type { CompareRules } from '../../contract/compareMessages.js';
import { packetFormOf, Packets, withIdOfNow } from '../../contract/packets.js';
import type { PacketForm } from '../../dialects/dialect.js';
import type { RecordedConversation, SaidMessage } from '../../record/conversations.js';
import { findDialect } from '../../dialects/registry.js';
import { type Said, textOf } from '../../contract/said.js';
import { messageAt, timeoutFor, waitUntil } from '../../steps/arrival.js';
import type { Talker } from '../../steps/talker.js';
import { type Outcome, success, wait } from '../../transport/outcome.js';
import { Expected, type ReplayDifference } from './expected.js';
import { findSentBack, type SentBack } from './sentBack.js';

/** `real`: as long after the opening as it was recorded; `fast`: at once; `reply`: once what came before it has come. */
export type ReplayPace = 'real' | 'fast' | 'reply';

export interface TalkSettings {
  readonly pace: ReplayPace;
  readonly rules: Omit<CompareRules, 'isSentBack'>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** How long a reply is waited for. */
  readonly replyMs: number;
  readonly closeMs: number;
  /** A message without its secrets, itself where it has none. */
  readonly shown: (said: Said) => Said;
}

/** A message of the recording that was sent again. */
export interface Resent {
  readonly message: SaidMessage;
  readonly atMs: number;
  /** It holds ids of now in place of recorded ones. */
  readonly isChanged: boolean;
}

/** Looked at again and again while nothing comes. */
const LISTEN_MS = 60_000;

/** One conversation, said again through a connection: what the recording sent, and what the server answers now. */
export class ReplayTalk {
  readonly sent: Resent[] = [];
  readonly expected: Expected;
  /** What ended it before it was through. */
  failure: Failure | null = null;
  readonly #conversation: RecordedConversation;
  /** The messages without heartbeats, in their order. */
  readonly script: readonly SaidMessage[];
  readonly #settings: TalkSettings;
  readonly #reader: ContentReader;
  readonly #carried = new Carried();
  readonly #sentBack: SentBack;
  readonly #form: PacketForm | null;
  /** Of what the server says now. */
  readonly #packets: Packets | null;
  readonly #beat: { readonly ping: string; readonly pong: string } | null;
  readonly #places: ReadonlyMap<SaidMessage, number>;
  #onNews: () => void = () => {};
  #isListening = true;
  /** The connection has ended, and all that came before its end is read. */
  #isHeardOut = false;

  /** The readers are of the conversation's dialect: one reads what was recorded, the other what is said now. */
  constructor(conversation: RecordedConversation, settings: TalkSettings, recorded: ContentReader, now: ContentReader) {
    this.#reader = now;
    this.#conversation = conversation;
    this.#settings = settings;
    const { dialect } = conversation.facts;
    this.#form = packetFormOf(dialect);
    this.#packets = this.#form && new Packets(this.#form);
    this.#beat = dialect === null ? null : (findDialect(dialect)?.heartbeat ?? null);
    this.script = conversation.messages.filter((message) => !this.#isBeat(message));
    this.#sentBack = findSentBack(this.script);
    const received = this.script.filter(({ direction }) => direction === 'received');
    this.#places = new Map(received.map((message, at) => [message, at]));
    const isSentBack = (value: string) => this.#sentBack.has(value);
    const binary = this.script.flatMap((message) => {
      const content = recorded.read(message.direction, message, message.atMs);
      return message.binary ? [[message, content] as const] : [];
    });
    this.expected = new Expected(
      received,
      new Map(binary),
      { ...settings.rules, isSentBack },
      this.#carried,
      settings.shown,
    );
  }

  /** When a received message of the recording came now; null: it did not. */
  cameMs(message: SaidMessage): number | null {
    const place = this.#places.get(message);
    return place === undefined ? null : (this.expected.cameMs[place] ?? null);
  }

  /** Says all of it, hears it out, and ends the connection as it was ended. The differences. */
  async run(talker: Talker): Promise<ReplayDifference[]> {
    const listening = this.#listen(talker);
    await this.#say(talker);
    const closed = this.failure?.kind === 'cancelled' ? [] : await this.#end(talker);
    this.#isListening = false;
    void listening;
    return [...this.expected.differences(), ...closed];
  }

  async #listen(talker: Talker): Promise<void> {
    const { clock, signal } = this.#settings;
    for (let number = 0; this.#isListening; ) {
      const heard = await messageAt(talker.inbox, number, clock() + LISTEN_MS, { clock, signal });
      if (heard.failure !== null) break;
      if (heard.message === null) continue;
      number += 1;
      talker.inbox.readTo(number);
      if (!this.#isListening) break;
      const { message } = heard;
      for (const said of this.#packets?.push(message) ?? [message]) {
        const content = this.#reader.read('received', said, message.atMs);
        if (!this.#isBeat({ direction: 'received', ...said })) this.expected.arrive(said, content, message.atMs);
      }
      this.#onNews();
    }
    this.#isHeardOut = true;
    this.#onNews();
  }

  async #say(talker: Talker): Promise<void> {
    const { clock, pace, replyMs, signal } = this.#settings;
    const openedMs = clock();
    let received = 0;
    for (const message of this.script) {
      if (message.direction === 'received') {
        received += 1;
        continue;
      }
      if (pace === 'real') await waitUntil(openedMs + message.atMs, { clock, signal });
      if (pace === 'reply') await this.#until(received, clock() + replyMs);
      const source = this.#sentBack.sourceOf(message);
      if (source !== null) await this.#untilCome(source, clock() + replyMs);
      if (talker.ended !== null || signal?.aborted === true) break;
      const filled = this.#carried.apply({ binary: message.binary, bytes: message.bytes });
      const said = withIdOfNow(filled, this.#form, this.#carried);
      const outcome = await talker.send({ ...said, bytes: Buffer.from(said.bytes) }, clock() + replyMs);
      if (!outcome.ok) {
        this.failure = outcome.failure;
        break;
      }
      this.#reader.read('sent', said, clock());
      this.sent.push({ message, atMs: clock(), isChanged: said.bytes !== message.bytes });
    }
    this.expected.allIsSaid = true;
    const lastMs = this.#conversation.messages.at(-1)?.atMs ?? 0;
    const startMs = pace === 'real' ? Math.max(clock(), openedMs + lastMs) : clock();
    await this.#until(this.expected.messages.length, startMs + replyMs);
    if (signal?.aborted === true) this.failure = CANCELLED;
  }

  /** Until all that was recorded before a place has come; what has not by then is given up. */
  async #until(place: number, deadlineMs: number): Promise<void> {
    await this.#wait(() => this.expected.isThroughTo(place), deadlineMs);
    this.expected.giveUp(place);
  }

  async #untilCome(place: number, deadlineMs: number): Promise<void> {
    await this.#wait(() => this.expected.hasCome(place), deadlineMs);
    this.expected.giveUp(place + 1);
  }

  async #wait(isThere: () => boolean, deadlineMs: number): Promise<void> {
    if (isThere()) return;
    const { clock, signal } = this.#settings;
    const options = { phase: 'message', timeoutMs: timeoutFor(deadlineMs, clock), timeoutMessage: '', signal } as const;
    await wait<null>(options, (settle: (outcome: Outcome<null>) => void) => {
      this.#onNews = () => {
        if (isThere() || this.#isHeardOut) settle(success(null));
      };
      this.#onNews();
      return () => {
        this.#onNews = () => {};
      };
    });
  }

  /** The end as it was recorded: the server's is waited for, ours is said again once the server has said all it had to say. */
  async #end(talker: Talker): Promise<ReplayDifference[]> {
    const { clock, closeMs, replyMs } = this.#settings;
    const { end } = this.#conversation;
    if (end !== null && end.initiator !== 'client') {
      await talker.untilEnd(clock() + replyMs);
      const actual = endText(talker);
      const expected =
        end.initiator === 'network' || end.code === null ? 'no Close frame' : closeText(end.code, end.reason);
      return actual === expected || (end.code === null && actual !== OPEN) ? [] : [closeDifference(expected, actual)];
    }
    if (talker.ended === null) await talker.ping(clock() + closeMs);
    // A server may leave once all is said; before that it has cut the conversation short. Of whom leave was taken, it must.
    if (talker.ended !== null)
      return end === null || this.#hasTakenLeave()
        ? []
        : [closeDifference('open until the client closes it', endText(talker))];
    const code = end?.code ?? null;
    if (code !== null && isOurs(code)) await talker.close(code, end?.reason ?? '', clock() + closeMs);
    return [];
  }

  #hasTakenLeave(): boolean {
    const { dialect } = this.#conversation.facts;
    const last = this.sent.at(-1)?.message;
    if (dialect === null || last === undefined || last !== this.script.at(-1)) return false;
    return findDialect(dialect)?.takesLeave(last) ?? false;
  }

  #isBeat({ binary, bytes, direction }: Pick<SaidMessage, 'binary' | 'bytes' | 'direction'>): boolean {
    if (this.#beat === null || binary || bytes.length > 200) return false;
    return textOf(bytes) === (direction === 'received' ? this.#beat.ping : this.#beat.pong);
  }
}

const OPEN = 'still open';
const CANCELLED: Failure = { phase: 'message', kind: 'cancelled', code: null, message: 'Cancelled.' };

function endText(talker: Talker): string {
  const { closeReceived, ended } = talker;
  if (closeReceived !== null) return closeText(closeReceived.code, closeReceived.reason);
  return ended === null ? OPEN : 'no Close frame';
}

function closeText(code: number, reason: string): string {
  return `close ${code}${reason === '' ? '' : ` ${JSON.stringify(reason)}`}`;
}

function closeDifference(expected: string, actual: string): ReplayDifference {
  return { kind: 'close', number: null, expected, actual, paths: [] };
}

/** A code that a client may close with. */
function isOurs(code: number): boolean {
  return code === 1000 || (code >= 3000 && code <= 4999);
}
