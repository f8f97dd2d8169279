import type { FrameViolation } from '../base/frame.js';
import { errorCode } from './outcome.js';

/** `ws`' error codes by the finding that explains them. */
const VIOLATIONS: Readonly<Record<string, FrameViolation['id']>> = {
  Z_DATA_ERROR: 'frame.bad-deflate',
  Z_BUF_ERROR: 'frame.bad-deflate',
  WS_ERR_EXPECTED_FIN: 'frame.invalid-control',
  WS_ERR_EXPECTED_MASK: 'frame.masked',
  WS_ERR_INVALID_CLOSE_CODE: 'frame.invalid-close',
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: 'frame.invalid-control',
  WS_ERR_INVALID_OPCODE: 'frame.invalid-opcode',
  WS_ERR_INVALID_UTF8: 'frame.invalid-utf8',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'limit.fragments',
  WS_ERR_UNEXPECTED_MASK: 'frame.masked',
  WS_ERR_UNEXPECTED_RSV_1: 'frame.reserved-bits',
  WS_ERR_UNEXPECTED_RSV_2_3: 'frame.reserved-bits',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'limit.message-size',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'limit.message-size',
};

/** What an error of `ws` says the peer's frames broke; null when it says nothing of frames. */
export function violationOf(error: Error): FrameViolation['id'] | null {
  return VIOLATIONS[errorCode(error) ?? ''] ?? null;
}
