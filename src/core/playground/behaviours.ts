import { auth } from './auth.js';
import type { Behaviour } from './behaviour.js';
import { closes } from './closes.js';
import { conversations } from './conversations.js';
import { dialects } from './dialects.js';
import { experiments } from './experiments.js';
import { floods } from './floods.js';
import { frames } from './frames.js';
import { handshakes } from './handshakes.js';
import { healthy } from './healthy.js';
import { hostile } from './hostile.js';
import { notHttp } from './notHttp.js';
import { refusals } from './refusals.js';
import { slow } from './slow.js';
import { weather } from './weather.js';

/** Every path of the playground, in the order of the listing. */
export const behaviours: readonly Behaviour[] = [
  ...healthy,
  ...conversations,
  ...refusals,
  ...slow,
  ...notHttp,
  ...handshakes,
  ...frames,
  ...floods,
  ...hostile,
  ...closes,
  ...auth,
  ...dialects,
  ...experiments,
  ...weather,
];
