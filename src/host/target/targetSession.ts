import type { InspectorState } from '../../protocol/inspector.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';

/** The session of a target, and what may be sent in one. Sessions alone change it; everybody reads it. */
export class TargetSession {
  /** The session or recording, live or ended. */
  handle: SessionHandle | null = null;
  /** The messages of the profile. */
  saved: InspectorState['savedMessages'] = [];
  /** What a person sent, newest first; it outlives the session. */
  sent: InspectorState['sentMessages'] = [];
}
