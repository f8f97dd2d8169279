import type { Behaviour } from './behaviour.js';
import { closes } from './closes.js';
import { healthy } from './healthy.js';
import { slow } from './slow.js';

/** Every path of the playground, in the order of the listing. */
export const behaviours: readonly Behaviour[] = [...healthy, ...slow, ...closes];
