/** What a client saw of one connection. */
export interface EchoRun {
  /** Messages as the library gave them: all text ones of a question, none kept of a case. */
  readonly answers: readonly string[];
  readonly messages: number;
  /** How it ended in words of the client: a close code, a deadline, an error. */
  readonly ended: string;
  readonly durationMs: number;
  /** Where the wire decoder and `ws` disagree, or bytes are not accounted for; empty where all is well or nothing decodes. */
  readonly disagreements: readonly string[];
}

export interface EchoOptions {
  /** Of silence: what a case takes in all depends on what it sends and on the machine. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Sends each message back with its own type; else keeps the first 16 text messages. */
  readonly echo: boolean;
}

/** One way to be a WebSocket client. A connection that fails or never ends is a run too, never a rejection. */
export interface EchoClient {
  readonly name: string;
  run(url: string, options: EchoOptions): Promise<EchoRun>;
}

/** The largest message taken. */
export const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;
export const MAX_ANSWERS = 16;
