import { createHash } from 'node:crypto';
import { type RecordedEvent, recordedEvents } from '../../core/record/events.js';
import type { RecordedMessage } from '../../core/record/messages.js';
import type { RecordingHeader, RecordingLine } from '../../core/record/recording.js';
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
const EVENTS_IN_TURN = 1_000;

/** Of credentials by their shape, whoever wrote the file. */
const redactor = new Redactor([]);

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
  // Some of each in turn: neither gets far ahead.
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
  readonly facts: Fact[] = [];
  readonly #events: AsyncIterator<RecordedEvent>;
  #isOver = false;

  constructor(name: Side, file: RecordedFile) {
    this.name = name;
    this.#events = recordedEvents(file);
  }

  /** Takes the next ones; false when there is none. */
  async read(take: (lane: string, item: Item) => void): Promise<boolean> {
    for (let count = 0; count < EVENTS_IN_TURN && !this.#isOver; count += 1) {
      const next = await this.#events.next();
      if (next.done === true) this.#isOver = true;
      else if (next.value.type === 'connection') this.facts.push(...factsOf(next.value));
      else if (next.value.type === 'close') {
        const { close, connection } = next.value;
        const value = closeText(close);
        if (value !== null) this.facts.push({ kind: 'close', name: `connection ${connection}`, value });
      } else if (next.value.type === 'message') {
        const { message } = next.value;
        take(`${message.direction}, connection ${message.connection}`, itemOf(message));
      }
    }
    return !this.#isOver;
  }
}

/** Of the first connection as of a report, of each further one under its number. */
function factsOf({ connection, facts }: RecordedEvent & { readonly type: 'connection' }): Fact[] {
  const { dialect, request, response, subprotocol } = facts;
  const of = connection === 1 ? '' : `connection ${connection}, `;
  const one = (kind: string, value: string | number | null | undefined): Fact[] =>
    value === null || value === undefined ? [] : [{ kind: of + kind, name: null, value: redactor.text(String(value)) }];
  return [
    ...one('status', response?.status),
    ...one('subprotocol', subprotocol),
    ...one('dialect', dialect),
    ...headerFacts(`${of}request header`, request?.headers ?? []),
    ...headerFacts(`${of}response header`, response?.headers ?? []),
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
