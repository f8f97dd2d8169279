/** The text of a new file. */
export interface NewProfileText {
  readonly text: string;
  /** Credentials that stood in the source itself and are to be kept under these names from now on. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names that the text has given to credentials, kept already or not, and the hosts that it shows them to. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
}

/** Messages as the steps of one, and what of them is not in it. */
export interface Conversation extends NewProfileText {
  readonly notes: readonly string[];
}

/** Which secrets are kept, told without their values: whoever has a value can tell whether it is the one of a name. */
export interface StoredSecrets {
  readonly salt: string;
  /** By name. */
  readonly digests: Readonly<Record<string, string>>;
}
