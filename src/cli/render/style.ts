import type { Io, Output } from '../io.js';

export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'bold' | 'accent' | 'warnHeadline' | 'badHeadline';

interface Glyphs {
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly info: string;
  readonly bullet: string;
  readonly separator: string;
  readonly ellipsis: string;
  /** Bar cells from an eighth to a full one. */
  readonly blocks: readonly string[];
  /** Bar cell past the budget. */
  readonly over: string;
  /** Where a budget ends. */
  readonly mark: string;
  /** Time left out of the scale. */
  readonly gap: string;
  readonly sent: string;
  readonly received: string;
}

/** How to write for one reader: width in columns, glyphs, colours. */
export interface Style {
  readonly width: number;
  readonly unicode: boolean;
  readonly colour: boolean;
  readonly glyphs: Glyphs;
  paint(tone: Tone | null, text: string): string;
}

const UNICODE: Glyphs = {
  good: '✔',
  warn: '▲',
  bad: '✘',
  info: '●',
  bullet: '•',
  separator: ' · ',
  ellipsis: '…',
  blocks: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  over: '▓',
  mark: '┆',
  gap: '╌',
  sent: '→',
  received: '←',
};

const ASCII: Glyphs = {
  good: '+',
  warn: '!',
  bad: 'x',
  info: '*',
  bullet: '-',
  separator: ', ',
  ellipsis: '...',
  blocks: ['#'],
  over: '!',
  mark: '|',
  gap: '-',
  sent: '>',
  received: '<',
};

const SGR: Record<Tone, string> = {
  good: '32',
  warn: '33',
  bad: '31',
  dim: '2',
  bold: '1',
  accent: '36',
  warnHeadline: '1;33',
  badHeadline: '1;31',
};

/** Narrower than this no bar has room beside its name and time. */
const MIN_COLUMNS = 40;

export function createStyle(options: { width: number; unicode: boolean; colour: boolean }): Style {
  return {
    width: Math.max(MIN_COLUMNS, Math.min(options.width, 120)),
    unicode: options.unicode,
    colour: options.colour,
    glyphs: options.unicode ? UNICODE : ASCII,
    paint: (tone, text) =>
      options.colour && tone !== null && text !== '' ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text,
  };
}

/** The style for one output, by terminal, environment and `--no-color`. */
export function styleFor(io: Io, output: Output, noColor: boolean): Style {
  return createStyle({
    width: output.isTTY ? io.columns : Number(io.env['COLUMNS']) || 80,
    unicode: speaksUnicode(io),
    colour: !noColor && wantsColour(io, output),
  });
}

/** NO_COLOR wins over FORCE_COLOR; neither set, colours go to terminals only. */
function wantsColour({ env }: Io, output: Output): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return output.isTTY && env['TERM'] !== 'dumb';
}

function speaksUnicode({ env, platform }: Io): boolean {
  if (env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (locale !== '') return /utf-?8/i.test(locale);
  if (platform === 'win32') return Boolean(env['WT_SESSION'] || env['TERM_PROGRAM'] || env['CI']);
  return platform === 'darwin' || Boolean(env['CI']);
}
