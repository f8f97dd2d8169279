import { createHash } from 'node:crypto';
import { OPCODE } from '../../core/base/frame.js';
import { type RecordedMessage, RecordedMessages } from '../../core/record/messages.js';
import type { RecordingHeader, RecordingLine } from '../../core/record/recording.js';
import { redactHeader } from '../../core/record/recordingHeader.js';
import { Redactor } from '../../core/redaction/redactor.js';
import { Aligner, type Item } from './aligner.js';
import { changesOf, closeText, type Fact, headerFacts } from '../../core/compare/facts.js';
import type { Change, Comparison, Side } from '../../core/compare/model.js';
import { normaliseText } from '../../core/contract/normalise.js';

export interface RecordedFile {
  readonly header: RecordingHeader;
  readonly lines: AsyncIterable<readonly RecordingLine[]>;
}

/** As many changed messages as are kept; more are counted. */
const MAX_CHANGES = 10_000;
const SHOWN_CHARACTERS = 300;
const MAX_KEY_CHARACTERS = 64;

/** Compares two recordings in one pass over both. */
export async function compareRecordings(title: string, before: RecordedFile, after: RecordedFile): Promise<Comparison> {
  const changes: Change[] = [];
  let more = 0;
  const lanes = new Map<string, Aligner>();
  const laneOf = (name: string) => {
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const made = new Aligner((was, is) => {
      if (changes.length >= MAX_CHANGES) more += 1;
      else changes.push({ kind: 'message', name, before: was?.shown ?? null, after: is?.shown ?? null });
    });
    lanes.set(name, made);
    return made;
  };
  const sides = [new RecordedSide('a', before), new RecordedSide('b', after)] as const;
  // Batch by batch in turn: neither gets far ahead.
  for (let isOpen = true; isOpen; ) {
    isOpen = false;
    for (const side of sides) isOpen = (await side.read((lane, item) => laneOf(lane).push(side.name, item))) || isOpen;
  }
  for (const lane of lanes.values()) lane.end();
  const [old, now] = sides;
  return { title, only: null, changes: [...changesOf(old.facts, now.facts), ...changes], more, timings: [] };
}

class RecordedSide {
  readonly name: Side;
  readonly facts: Fact[];
  readonly #messages = new RecordedMessages(new Redactor([]));
  readonly #batches: AsyncIterator<readonly RecordingLine[]>;
  #isOver = false;

  constructor(name: Side, { header, lines }: RecordedFile) {
    this.name = name;
    this.facts = factsOfHeader(redactHeader(header, new Redactor([])));
    this.#batches = lines[Symbol.asyncIterator]();
  }

  /** Takes the next batch; false when there is none. */
  async read(take: (lane: string, item: Item) => void): Promise<boolean> {
    if (this.#isOver) return false;
    const next = await this.#batches.next();
    const tell = (messages: readonly RecordedMessage[]) => {
      for (const message of messages)
        if (message.opcode < OPCODE.close)
          take(`${message.direction}, connection ${message.connection}`, itemOf(message));
    };
    if (next.done === true) {
      this.#isOver = true;
      tell(this.#messages.endAll());
      return false;
    }
    for (const line of next.value) {
      if (line.type === 'frame') tell(this.#messages.push(line));
      else if (line.type === 'message') tell([this.#messages.whole(line)]);
      else if (line.type === 'close') {
        tell(this.#messages.end(line.connection));
        const value = closeText(line.close);
        if (value !== null) this.facts.push({ kind: 'close', name: `connection ${line.connection}`, value });
      }
    }
    return true;
  }
}

function factsOfHeader({ dialect, request, response, subprotocol }: RecordingHeader): Fact[] {
  const one = (kind: string, value: string | number | null | undefined): Fact[] =>
    value === null || value === undefined ? [] : [{ kind, name: null, value: String(value) }];
  return [
    ...one('status', response?.status),
    ...one('subprotocol', subprotocol),
    ...one('dialect', dialect),
    ...headerFacts('request header', request?.headers ?? []),
    ...headerFacts('response header', response?.headers ?? []),
  ];
}

function itemOf({ base64, bytes, deflated, text }: RecordedMessage): Item {
  const kind = text === undefined ? `binary, ${bytes} bytes${deflated ? ', compressed' : ''}: ` : '';
  const key = text === undefined ? `${kind}${base64}` : normaliseText(text);
  const shown =
    kind +
    (text ??
      Buffer.from(base64 ?? '', 'base64')
        .subarray(0, 32)
        .toString('hex'));
  return {
    key: key.length > MAX_KEY_CHARACTERS ? createHash('sha256').update(key).digest('base64') : key,
    shown: shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown,
  };
}
