/** A pattern of paths: `*`, `?` and `[…]` within a name, `**` across folders, `{a,b}`. */
export interface Glob {
  /** The folder that every match lies in, as the pattern writes it; empty: the working directory. */
  readonly base: string;
  /** Whether a path below `base`, with forward slashes, matches. */
  matches(path: string): boolean;
  /** Whether anything below this folder can. */
  reaches(folder: string): boolean;
}

export function isGlob(text: string): boolean {
  return /[*?{]|\[[^\]]+\]/.test(text);
}

const MAX_ALTERNATIVES = 64;

export function parseGlob(pattern: string): Glob {
  const segments = pattern.split('/');
  const first = segments.findIndex(isGlob);
  const base = segments.slice(0, first).join('/');
  const rest = segments.slice(first).join('/');
  const alternatives = braces(rest).map((each) =>
    each
      .split('/')
      .filter((part) => part !== '')
      .map(segmentOf),
  );
  return {
    base: base === '' && pattern.startsWith('/') ? '/' : base,
    matches: (path) => alternatives.some((each) => fits(each, path.split('/'), false)),
    reaches: (folder) => alternatives.some((each) => fits(each, folder.split('/'), true)),
  };
}

/** `null` stands for `**`: any number of folders. */
type Segment = RegExp | null;

function segmentOf(text: string): Segment {
  if (text === '**') return null;
  const source = text.replace(/\[!?[^\]]+\]|[*?]|[\\^$.|+()[\]{}]/g, (sign) => {
    if (sign === '*') return '[^/]*';
    if (sign === '?') return '[^/]';
    if (sign.length === 1) return `\\${sign}`;
    return `[${sign.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`;
  });
  // Several stars beside each other say what one says.
  return new RegExp(`^${source.replace(/(?:\[\^\/\]\*)+/g, '[^/]*')}$`, 'u');
}

/** With `prefix`, whether the path may be the beginning of a match. */
function fits(segments: readonly Segment[], parts: readonly string[], prefix: boolean): boolean {
  const [segment, ...others] = segments;
  if (parts.length === 0) return prefix || segments.every((each) => each === null);
  if (segment === undefined) return false;
  const [part = '', ...below] = parts;
  // As in a shell: a name that begins with a dot is meant only when the pattern says so.
  if (segment === null) return fits(others, parts, prefix) || (!part.startsWith('.') && fits(segments, below, prefix));
  if (part.startsWith('.') && !segment.source.startsWith('^\\.')) return false;
  return segment.test(part) && fits(others, below, prefix);
}

function braces(text: string): readonly string[] {
  let found = [text];
  for (let more = true; more && found.length <= MAX_ALTERNATIVES; ) {
    more = false;
    found = found.flatMap((each) => {
      const group = /\{([^{}]*)\}/.exec(each);
      if (group === null || !group[1]?.includes(',')) return [each];
      more = true;
      const [all, inner] = group;
      return inner.split(',').map((part) => each.slice(0, group.index) + part + each.slice(group.index + all.length));
    });
  }
  return found;
}
