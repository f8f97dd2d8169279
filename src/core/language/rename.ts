import { label } from '../profile/checks.js';
import { type Place, quote } from '../profile/problems.js';
import type { SharedEnvironments } from '../profile/profile.js';
import { SHARED_ENVIRONMENTS_FILE, sharedVariables } from '../profile/sharedEnvironments.js';
import { variableName } from '../profile/variables.js';
import { openDocument } from './document.js';
import { type Mention, mentionAt, mentionsOf, sameName } from './mentions.js';

export interface Edit extends Place {
  readonly text: string;
}

export interface References {
  readonly declarations: readonly Place[];
  readonly uses: readonly Place[];
}

/** Where the name at an offset is declared and used; null when no name stands there. */
export function references(text: string, offset: number): References | null {
  const mentions = mentionsOf(openDocument(text));
  const mention = mentionAt(mentions, offset);
  if (!mention) return null;
  const of = (role: Mention['role']) =>
    sameName(mentions, mention)
      .filter((each) => each.role === role)
      .map(({ label: place }) => place);
  return { declarations: of('declaration'), uses: of('use') };
}

export type Renamable = (Place & { readonly name: string }) | { readonly why: string };

/** What a rename would change at an offset, or why it cannot; null when no name stands there. */
export function renamable(text: string, offset: number, shared: SharedEnvironments = []): Renamable | null {
  const mention = mentionAt(mentionsOf(openDocument(text)), offset);
  if (!mention) return null;
  const refused = outside(mention, shared);
  return refused === null ? { ...mention.label, name: mention.name } : { why: refused };
}

/** The edits that give the name at an offset another one everywhere, or why it cannot have it. */
export function rename(
  text: string,
  offset: number,
  to: string,
  shared: SharedEnvironments = [],
): readonly Edit[] | { readonly why: string } {
  const mentions = mentionsOf(openDocument(text));
  const mention = mentionAt(mentions, offset);
  if (!mention) return { why: 'There is no name of a variable, capture or client here.' };
  const wrong = outside(mention, shared) ?? wrongName(mention, to, mentions);
  if (wrong !== null) return { why: wrong };
  const written = JSON.stringify(to).slice(1, -1);
  return sameName(mentions, mention).map(({ label: { offset: from, length } }) => ({
    offset: from,
    length,
    text: written,
  }));
}

/** A secret, an environment variable and what other profiles share have their names elsewhere. */
function outside({ kind, name }: Mention, shared: SharedEnvironments): string | null {
  const isShared = kind === 'variable' && sharedVariables(shared).includes(name);
  if (isShared) return `${quote(name)} stands in ${SHARED_ENVIRONMENTS_FILE}, which other profiles use too.`;
  if (kind === 'secret')
    return 'A secret has its name in the secret storage: set it under the new name, then use that.';
  return kind === 'env' ? 'An environment variable has its name from the system.' : null;
}

function wrongName({ kind, name }: Mention, to: string, mentions: readonly Mention[]): string | null {
  const wrong = kind === 'variable' ? variableName(to) : label(to);
  if (wrong !== null) return `${quote(to)} ${wrong}`;
  const isTaken = to !== name && mentions.some((each) => each.kind === kind && each.name === to);
  return isTaken ? `${quote(to)} is the name of another ${kind} of this profile.` : null;
}
