import { memberOf } from '../profile/jsonc.js';
import type { Problem } from '../profile/profile.js';
import { openDocument, type ProfileDocument } from './document.js';
import { insertFirst, insertLast } from './insert.js';
import type { Edit } from './rename.js';

/** A way out of a problem: edits of the text, or a deed of the editor. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** `set-secret` with its name, or `select-environment`. */
  readonly deed:
    | { readonly kind: 'set-secret'; readonly name: string }
    | { readonly kind: 'select-environment' }
    | null;
  /** The one that is most likely meant. */
  readonly isPreferred: boolean;
}

type Found = Pick<Problem, 'code' | 'message' | 'offset' | 'length'>;

/** Ways out of a problem that `checkProfile` has told of this text. */
export function quickFixes(text: string, problem: Found): readonly QuickFix[] {
  const document = openDocument(text);
  const written = text.slice(problem.offset, problem.offset + problem.length);
  const secret = /^\$\{secret:([^}]+)\}$/.exec(written)?.[1];
  if (problem.code === 'unresolved-variable' && secret !== undefined) return [setSecret(secret)];
  const name = /^\$\{([^}:]+)\}$/.exec(written)?.[1];
  return [
    ...didYouMean(problem, written),
    ...(problem.code === 'unresolved-variable' && name !== undefined ? givenAs(document, problem, name) : []),
    ...(problem.code === 'missing-key' ? missingUrl(document, problem) : []),
    ...(problem.code === 'unknown-environment' ? [SELECT_ENVIRONMENT] : []),
    ...(problem.code === 'unresolved-variable' && problem.message.endsWith('choose one.') ? [SELECT_ENVIRONMENT] : []),
  ];
}

const SELECT_ENVIRONMENT: QuickFix = {
  title: 'Select an environment…',
  edits: [],
  deed: { kind: 'select-environment' },
  isPreferred: true,
};

function setSecret(name: string): QuickFix {
  return { title: `Set the secret \`${name}\`…`, edits: [], deed: { kind: 'set-secret', name }, isPreferred: true };
}

/** What a problem asks after stands in the same quotes as in the text: a key's `…`, a value's "…", a variable's ${…}. */
function didYouMean({ message, offset, length }: Found, written: string): readonly QuickFix[] {
  const meant = /did you mean (?:`([^`]+)`|"([^"]+)"|\$\{([^}]+)\})\?/i.exec(message);
  const name = meant?.[1] ?? meant?.[2] ?? meant?.[3];
  if (name === undefined) return [];
  const text = written.startsWith('${') ? `\${${name}}` : JSON.stringify(name);
  return [{ title: `Change to ${text}`, edits: [{ offset, length, text }], deed: null, isPreferred: true }];
}

/** A variable that nobody declares is declared, or is one of the two other kinds. */
function givenAs(document: ProfileDocument, { offset, length, message }: Found, name: string): readonly QuickFix[] {
  if (!/ is not defined[.:]/.test(message)) return [];
  const define = defineVariable(document, name);
  const as = (title: string, text: string): QuickFix => {
    return { title, edits: [{ offset, length, text }], deed: null, isPreferred: false };
  };
  return [
    ...(define
      ? [{ title: `Define \`${name}\` in \`variables\``, edits: [define], deed: null, isPreferred: false }]
      : []),
    as('Read it from the environment', `\${env:${name}}`),
    as('Keep it as a secret', `\${secret:${name}}`),
  ];
}

function defineVariable({ root, text }: ProfileDocument, name: string): Edit | null {
  if (root?.type !== 'object') return null;
  const member = `${JSON.stringify(name)}: ""`;
  const variables = memberOf(root, 'variables')?.value;
  if (variables) return variables.type === 'object' ? insertFirst(text, variables, member) : null;
  return insertLast(text, root, `"variables": { ${member} }`);
}

function missingUrl({ root, text }: ProfileDocument, { message }: Found): readonly QuickFix[] {
  if (root?.type !== 'object' || !message.startsWith('A profile needs the key `url`')) return [];
  const edit = insertFirst(text, root, '"url": "ws://localhost:8080/"');
  return [{ title: 'Add `url`', edits: [edit], deed: null, isPreferred: true }];
}
