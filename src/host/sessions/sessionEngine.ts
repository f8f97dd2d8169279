import type { ProbeError } from '../../core/base/errors.js';
import type { SecretQuestion } from '../../protocol/engine.js';
import type { SessionRequests } from '../../protocol/acts.js';
import type { SessionEvents } from '../../protocol/session.js';

export type SessionParams<M extends keyof SessionRequests> = SessionRequests[M]['params'];
export type SessionResult<M extends keyof SessionRequests> = SessionRequests[M]['result'];

/** The engine as far as sessions need it. */
export interface SessionEngine {
  request<M extends keyof SessionRequests>(method: M, params: SessionParams<M>): Promise<SessionResult<M>>;
  onEvent<E extends keyof SessionEvents>(name: E, listener: (data: SessionEvents[E]) => void): () => void;
  onSecret(answer: (question: SecretQuestion) => Promise<string>): void;
  onDidCrash(listener: (error: ProbeError) => void): () => void;
}
