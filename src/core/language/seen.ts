/** What the values of some messages look like. */
export interface Shape {
  /** JSONPaths, each once, the shallow ones first; of a list its first item stands for all. */
  readonly paths: readonly string[];
  /** The texts that stood at a path, each once. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** What was received last, for what is written next. */
export interface Seen {
  readonly raw: Shape;
  /** What the dialect made of it. */
  readonly decoded: Shape;
  /** Names of events, methods or topics of the dialect, either direction. */
  readonly events: readonly string[];
}

export const NO_SHAPE: Shape = { paths: [], texts: {} };
export const NOTHING_SEEN: Seen = { raw: NO_SHAPE, decoded: NO_SHAPE, events: [] };
