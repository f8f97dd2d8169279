/** Where it is known from: the software itself ran, its source or documentation was read, or others report it. */
export interface KnownSource {
  readonly who: string;
  readonly means: string;
  readonly run?: string;
  readonly read?: string;
  /** Public reports, or a source that was named without being opened. */
  readonly reported?: string;
}
