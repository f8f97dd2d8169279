import { type Frame, OPCODE } from '../../base/frame.js';
import type { CompressionParameters, Direction } from '../../base/model.js';
import { KEEP_MESSAGE_BYTES } from '../../frames/log/frameLog.js';
import { MessageInflater } from '../../frames/messageInflater.js';
import { MessageJoiner } from '../../frames/messageJoiner.js';

/** What the compressed messages of one direction hold, for a log. */
export class ContentReader {
  readonly #onContent: (bytes: Uint8Array, binary: boolean) => void;
  readonly #inflater: MessageInflater;
  readonly #contextTakeover: boolean;
  readonly #joiner = new MessageJoiner<Uint8Array>({
    mayHold: (_part, _held, payloadBytes) => payloadBytes <= KEEP_MESSAGE_BYTES,
  });
  /** What came before was not all seen: nothing that refers to it can be read. */
  #isLost = false;

  constructor(contextTakeover: boolean, onContent: (bytes: Uint8Array, binary: boolean) => void) {
    this.#contextTakeover = contextTakeover;
    this.#inflater = new MessageInflater({ contextTakeover, maxBytes: KEEP_MESSAGE_BYTES });
    this.#onContent = onContent;
  }

  push(frame: Frame): void {
    if (frame.opcode >= OPCODE.close || this.#isLost) return;
    for (const joined of this.#joiner.push(frame, Uint8Array.from(frame.payload))) {
      if (!joined.compressed || !joined.finished) continue;
      const isCut = joined.truncated || frame.truncated;
      this.#isLost ||= isCut && this.#contextTakeover;
      const content = isCut ? null : this.#inflater.inflate(joined.parts);
      if (content) this.#onContent(content, joined.opcode === OPCODE.binary);
    }
  }
}

/** Whether the messages of a direction share a window; they do unless it was negotiated otherwise (RFC 7692 7.1.1). */
export function takeoverOf(parameters: CompressionParameters | null | undefined, direction: Direction): boolean {
  if (!parameters) return true;
  return direction === 'sent' ? parameters.clientContextTakeover : parameters.serverContextTakeover;
}
