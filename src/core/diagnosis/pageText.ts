/** Elements whose content nobody reads on the page. */
const unseen = new Set([
  'script',
  'style',
  'template',
  'svg',
  'title',
  'noscript',
  'iframe',
  'object',
  'select',
  'address',
  'footer',
]);
/** Elements that do not end a word. */
const inline = new Set(['a', 'abbr', 'b', 'code', 'em', 'font', 'i', 'kbd', 'mark', 'small', 'span', 'strong', 'u']);

export interface Page {
  /** Texts of the first of these elements, empty where there is none. */
  readonly title: string;
  readonly heading: string;
  /** What the body shows, the heading too. */
  readonly text: string;
}

/** What a person reads of an HTML page: no scripts, styles, markup, attributes or comments. Linear in its length. */
export function readPage(html: string): Page {
  const page = { title: '', heading: '', text: '' };
  let hidden: string | null = null;
  let within: 'title' | 'heading' | null = null;
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    const text = html.slice(at, open < 0 ? html.length : open);
    if (within !== null) page[within] += text;
    if (hidden === null) page.text += text;
    if (open < 0) break;
    const tag = tagAt(html, open);
    if (tag === null) {
      if (hidden === null) page.text += '<';
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name, closes } = tag;
    if (hidden !== null) {
      // Inside a script only its own end is markup.
      if (closes && name === hidden) hidden = within = null;
      continue;
    }
    if (!closes && unseen.has(name)) hidden = name;
    if (name === 'title' && !closes && page.title === '') within = 'title';
    if (name === 'h1') within = closes || page.heading !== '' ? null : 'heading';
    if (inline.has(name)) continue;
    page.text += ' ';
    if (within === 'heading') page.heading += ' ';
  }
  return { title: plain(page.title), heading: plain(page.heading), text: plain(page.text) };
}

interface Tag {
  readonly name: string;
  readonly closes: boolean;
  readonly end: number;
}

/** The tag or comment that begins here; null where the sign is one of the text. Without an end it takes all the rest. */
function tagAt(html: string, open: number): Tag | null {
  if (html.startsWith('<!--', open)) return { name: '!', closes: false, end: after(html, '-->', open + 4) };
  const [, slash, name] = /^<(\/?)([a-z!?][a-z0-9]*)/i.exec(html.slice(open, open + 32)) ?? [];
  if (name === undefined) return null;
  return { name: name.toLowerCase(), closes: slash === '/', end: endOfTag(html, open) };
}

/** A ">" in a quoted attribute ends nothing. */
function endOfTag(html: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < html.length; at++) {
    const sign = html[at] ?? '';
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if ((sign === '"' || sign === "'") && html[at - 1] === '=') quote = sign;
    else if (sign === '>') return at + 1;
  }
  return html.length;
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found < 0 ? html.length : found + mark.length;
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  middot: '·',
  bull: '•',
  copy: '©',
};

function plain(text: string): string {
  return text
    .replace(/&(?:([a-z]{2,6})|#(\d{1,6})|#x([\da-f]{1,5}));/gi, (whole, name?: string, code?: string, hex?: string) =>
      name === undefined
        ? String.fromCodePoint(Math.min(code === undefined ? parseInt(hex ?? '0', 16) : Number(code), 0x10ffff))
        : Object.hasOwn(named, name)
          ? (named[name] ?? '')
          : whole,
    )
    .replace(/\s+/g, ' ')
    .trim();
}
