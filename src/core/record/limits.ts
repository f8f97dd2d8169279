/** A longer line is no line of ours: it is skipped when read and never written. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * The most a recording keeps of one payload, raw or inflated. Text at most doubles as JSON (else it is written as base64)
 * and base64 adds a third, so that a line with both stays below `MAX_LINE_BYTES`.
 */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

export const MAX_HEADER_BYTES = 1024 * 1024;
