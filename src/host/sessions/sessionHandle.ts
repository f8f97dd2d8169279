import type { PreparedPlan } from '../../protocol/prepared.js';
import type { SessionSnapshot } from '../../protocol/session.js';
import { firstSnapshot } from './firstSnapshot.js';

/** Ours, a recording that is read, or a log of other programs' connections. */
export type SessionKind = 'own' | 'recording' | 'observed';

/** What the host holds of one session: its last snapshot and what a person did. The engine has the socket and the log. A recording is one that was never live. */
export class SessionHandle {
  readonly id: string;
  readonly kind: SessionKind;
  /** Null for what is not our own. */
  readonly plan: PreparedPlan | null;
  snapshot: SessionSnapshot;
  /** The wall clock of the last message, both ways; null before the first. */
  lastMessageAt: Date | null = null;
  wasOpen = false;
  /** A panel has shown it: a person knows of it. */
  wasShown = false;
  /** A person or a caller ended it: nobody needs to be told. */
  endedByPerson = false;
  /** The engine stopped, and the log with it. */
  isLost = false;
  /** What was kept of a session of this window that was lost: it stands in its place. */
  isRemnant = false;
  /** Where the engine keeps the end of its log for the next window; null for nowhere. */
  keptAt: string | null = null;
  /** Files that a message may be read from: chosen in a dialog, or named by the profile. */
  readonly files = new Set<string>();

  constructor(
    id: string,
    shown: { readonly name: string; readonly url: string },
    plan: PreparedPlan | null,
    kind: SessionKind = plan ? 'own' : 'recording',
  ) {
    this.id = id;
    this.kind = kind;
    this.plan = plan;
    this.snapshot = firstSnapshot(id, shown.name, shown.url);
    for (const { send } of plan?.messages ?? []) {
      if (typeof send === 'object' && 'file' in send) this.files.add(send.file);
    }
  }

  get isRecording(): boolean {
    return this.kind === 'recording';
  }

  /** Connections of other programs: nothing is sent there. */
  get isObserved(): boolean {
    return this.kind === 'observed';
  }

  /** It has a socket, or is about to have one again; of what is observed, somebody still looks. */
  get isLive(): boolean {
    return !this.isRecording && this.snapshot.state !== 'closed';
  }

  /** Takes a newer snapshot; false for one that came late. */
  take(next: SessionSnapshot): boolean {
    const last = this.snapshot;
    if (this.isLost || next.revision < last.revision) return false;
    this.snapshot = next;
    if (next.state === 'open') this.wasOpen = true;
    if (messagesOf(next) > messagesOf(last)) {
      this.lastMessageAt = new Date(Date.parse(next.startedAt) + next.elapsedMs);
    }
    return true;
  }
}

function messagesOf({ sent, received }: SessionSnapshot): number {
  return sent.messages + received.messages;
}
