import type { MatchedBy } from './answers.js';

/** What happens at a mock. Clients are counted from 1, connections are those of the recording. */
export type MockEvent =
  | {
      readonly kind: 'connected';
      readonly client: number;
      readonly connection: number;
      /** The recording had this one, and the client does not offer it; null: all is as it was. */
      readonly wantedSubprotocol: string | null;
    }
  | { readonly kind: 'refused'; readonly client: number; readonly connection: number; readonly status: number }
  /** A message was recognised: as which of its connection, and how many answers follow. */
  | {
      readonly kind: 'answered';
      readonly client: number;
      readonly by: MatchedBy;
      readonly request: number;
      readonly answers: number;
    }
  /** The recording has nothing like this message, which is shown cut. The first 100 of a client. */
  | { readonly kind: 'unmatched'; readonly client: number; readonly message: string; readonly bytes: number }
  /** `unmatched`: how many of its messages were like nothing recorded. */
  | { readonly kind: 'closed'; readonly client: number; readonly code: number; readonly unmatched: number };
