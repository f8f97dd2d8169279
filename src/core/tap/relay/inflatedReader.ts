import { type Frame, OPCODE } from '../../base/frame.js';
import type { CompressionParameters, Direction } from '../../base/model.js';
import { KEEP_MESSAGE_BYTES } from '../../frames/log/frameLog.js';
import { MessageInflater } from '../../frames/messageInflater.js';
import { MessageJoiner } from '../../frames/messageJoiner.js';

const EMPTY = new Uint8Array(0);

/** What the compressed messages of one direction hold, for a log. */
export class InflatedReader {
  readonly #onContent: (bytes: Uint8Array | null, binary: boolean) => void;
  readonly #inflater: MessageInflater;
  readonly #contextTakeover: boolean;
  readonly #joiner = new MessageJoiner<Uint8Array>({
    mayHold: (_part, _held, payloadBytes) => payloadBytes <= KEEP_MESSAGE_BYTES,
  });
  /** What came before was not all seen: nothing that refers to it can be read. */
  #isLost = false;

  /** `onContent` hears of each compressed message in turn; null: it could not be read. */
  constructor(contextTakeover: boolean, onContent: (bytes: Uint8Array | null, binary: boolean) => void) {
    this.#contextTakeover = contextTakeover;
    this.#inflater = new MessageInflater({ contextTakeover, maxBytes: KEEP_MESSAGE_BYTES });
    this.#onContent = onContent;
  }

  push(frame: Frame): void {
    if (frame.opcode >= OPCODE.close) return;
    const payload = this.#isLost ? EMPTY : Uint8Array.from(frame.payload);
    for (const joined of this.#joiner.push(frame, payload)) {
      if (!joined.compressed || !joined.finished) continue;
      const isCut = joined.truncated || frame.truncated;
      this.#isLost ||= isCut && this.#contextTakeover;
      const content = isCut || this.#isLost ? null : this.#inflater.inflate(joined.parts);
      this.#onContent(content, joined.opcode === OPCODE.binary);
    }
  }
}

/** Whether the messages of a direction share a window; they do unless it was negotiated otherwise (RFC 7692 7.1.1). */
export function takeoverOf(parameters: CompressionParameters | null | undefined, direction: Direction): boolean {
  if (!parameters) return true;
  return direction === 'sent' ? parameters.clientContextTakeover : parameters.serverContextTakeover;
}
