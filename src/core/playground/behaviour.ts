import type { Visit } from './visit.js';

type BehaviourGroup =
  | 'Healthy'
  | 'Slow or endless'
  | 'Refused'
  | 'Not HTTP'
  | 'Broken handshake'
  | 'Broken frames'
  | 'Floods'
  | 'Hostile text'
  | 'Closing'
  | 'Not answering'
  | 'Authentication'
  | 'Dialects'
  | 'Experiments';

/** One path of the playground. `<name>` at the end of `path` stands for any last segment. */
export interface Behaviour {
  readonly path: string;
  readonly group: BehaviourGroup;
  readonly summary: string;
  /** Query parameters with their defaults: `ms=300`. */
  readonly parameters?: string;
  /** A path that can be asked for as it stands, where `path` cannot. */
  readonly example?: string;
  /** `websocket`: anything but a valid opening request is refused first, as `ws` does. */
  readonly takes: 'websocket' | 'anything';
  readonly run: (visit: Visit) => void;
}
