import { ProbeError } from '../base/errors.js';
import type { Direction } from '../base/model.js';
import type { LogRow } from '../base/logRow.js';
import type { LogView } from '../frames/log/logView.js';
import type { LogSource, SourceConnection } from '../session/logSource.js';
import { scannedView } from '../session/scannedView.js';

/** A message that becomes a step. */
export interface ChosenMessage {
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** What the dialect calls it. */
  readonly label: string | null;
}

export interface Choice {
  /** Those that it finds; all of them without one. */
  readonly filter?: string | undefined;
  /** From the one row through to the other, by their ids. */
  readonly between?: readonly [number, number] | undefined;
  /** The first that has a message of the choice, unless told. */
  readonly connection?: number | undefined;
}

export interface Chosen {
  readonly facts: SourceConnection;
  readonly messages: readonly ChosenMessage[];
  /** What was not taken, a sentence each. */
  readonly left: readonly string[];
}

const BATCH_ROWS = 1_000;
const MAX_MESSAGES = 1_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;

/** Messages of one connection of a log. Throws `filter-invalid`, and `connection-unknown` where there is none. */
export async function chosenMessages(source: LogSource, choice: Choice = {}): Promise<Chosen> {
  await source.dialect.caughtUp();
  const view = await scannedView(source.log, 'messages', choice.filter ?? '');
  try {
    const [problem] = view.problems;
    if (problem) throw new ProbeError('filter-invalid', `${problem.message} (at character ${problem.index + 1})`);
    const gathered = await gather(source, view, choice);
    const facts = source.connections.find(({ connection }) => connection === gathered.connection);
    if (!facts) throw new ProbeError('connection-unknown', 'There is no such connection, or no message of it.');
    const others = source.connections.length - 1;
    const more = others === 0 ? [] : [`${others} other connection${others === 1 ? '' : 's'}`];
    return { facts, messages: gathered.messages, left: [...gathered.left, ...more] };
  } finally {
    view.close();
  }
}

async function gather(source: LogSource, view: LogView, { between, connection: wanted }: Choice) {
  const [first, last] = between ? [Math.min(...between), Math.max(...between)] : [0, Number.POSITIVE_INFINITY];
  const messages: ChosenMessage[] = [];
  let connection = wanted ?? null;
  let [bytes, broken, beyond] = [0, 0, 0];
  for (let from = 0; from < view.total; from += BATCH_ROWS) {
    for (const row of await view.rows(from, BATCH_ROWS)) {
      if (!isMessage(row) || row.id < first || row.id > last) continue;
      connection ??= row.connection;
      if (row.connection !== connection) continue;
      if (messages.length >= MAX_MESSAGES || bytes >= MAX_BYTES) {
        beyond += 1;
        continue;
      }
      const message = await read(source, row);
      if (message) messages.push(message);
      else broken += 1;
      bytes += message?.bytes.length ?? 0;
    }
  }
  const left = [
    ...(broken > 0 ? [`${broken} messages that are not there whole, or longer than 1 MiB`] : []),
    ...(beyond > 0 ? [`${beyond} messages after the first ${messages.length}`] : []),
  ];
  // Of a log without a message it is the connection alone that is kept.
  return { connection: connection ?? source.connections[0]?.connection, messages, left };
}

function isMessage({ kind }: LogRow): boolean {
  return kind === 'text' || kind === 'binary';
}

async function read({ log }: LogSource, row: LogRow): Promise<ChosenMessage | null> {
  if (!row.fin || (row.rsv1 && row.inflatedBytes === null)) return null;
  const { available, binary, bytes, totalBytes } = await log.payload(row.id, 'messages', 0, MAX_MESSAGE_BYTES);
  if (!available || bytes.length < totalBytes) return null;
  return { direction: row.direction, binary, bytes: Uint8Array.from(bytes), label: row.label };
}
