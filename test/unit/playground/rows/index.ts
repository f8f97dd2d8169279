import { headers, healthy, refused, slow } from './answers.js';
import { closing } from './closing.js';
import { experiments } from './experiments.js';
import { floods, frames, hostile, raw } from './frames.js';
import { broken, handshakes } from './handshakes.js';
import { auth, conversations, dialects } from './logins.js';
import type { Row } from './row.js';

/** Every path of the playground, byte for byte. */
export const rows: readonly Row[] = [
  ...healthy,
  headers,
  ...refused,
  ...slow,
  ...broken,
  ...handshakes,
  ...frames,
  ...raw,
  ...floods,
  ...hostile,
  ...closing,
  ...auth,
  ...conversations,
  ...dialects,
  ...experiments,
];
