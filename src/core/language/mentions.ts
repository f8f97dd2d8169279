import type { Place } from '../profile/problems.js';
import { ownPath, type Path, parts } from '../profile/variables.js';
import { inside, partPlace, type ProfileDocument, walk } from './document.js';

type MentionKind = 'variable' | 'client' | 'secret' | 'env';

/** A name where it is declared or used. Captures are variables: they are used as `${name}` too. */
export interface Mention extends Place {
  readonly kind: MentionKind;
  readonly name: string;
  readonly role: 'declaration' | 'use';
  /** What an edit replaces: the name alone, which is narrower than what is pointed at. */
  readonly label: Place;
  readonly path: Path;
}

/** Every name of a profile, in the order of the file. */
export function mentionsOf(document: ProfileDocument): readonly Mention[] {
  const found: Mention[] = [];
  walk(document.root, {
    key: (path, place) => {
      const kind = declaredBy(path);
      const name = String(path.at(-1));
      if (kind) found.push({ kind, name, role: 'declaration', ...place, label: inside(place), path });
    },
    text: (path, node) => {
      const own = ownPath(path);
      if (own.length === 3 && own[0] === 'steps' && own[2] === 'client') {
        found.push({ kind: 'client', name: node.value, role: 'use', ...at(node), label: inside(node), path });
        return;
      }
      for (const part of parts(node.value)) {
        if (part.kind === 'literal' || part.kind === 'broken') continue;
        const place = partPlace(document, node, part.start, part.end);
        const label = partPlace(document, node, part.end - 1 - part.name.length, part.end - 1);
        found.push({ kind: part.kind, name: part.name, role: 'use', ...place, label, path });
      }
    },
  });
  return found;
}

/** The name under the cursor, edges included. */
export function mentionAt(mentions: readonly Mention[], offset: number): Mention | null {
  return mentions.find((mention) => offset >= mention.offset && offset <= mention.offset + mention.length) ?? null;
}

/** The same name wherever it stands. */
export function sameName(mentions: readonly Mention[], { kind, name }: Mention): readonly Mention[] {
  return mentions.filter((mention) => mention.kind === kind && mention.name === name);
}

function at({ offset, length }: Place): Place {
  return { offset, length };
}

function declaredBy(path: Path): MentionKind | null {
  const own = ownPath(path);
  if (own.length === 2 && own[0] === 'variables') return 'variable';
  if (own.length === 4 && own[0] === 'steps' && own[2] === 'capture') return 'variable';
  const before = path.slice(0, -2);
  const isTop = before.length === 0 || (before.length === 2 && before[0] === 'environments');
  return path.at(-2) === 'clients' && isTop ? 'client' : null;
}
