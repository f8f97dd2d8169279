import { plainText } from '../../core/base/plainText.js';
import type { Problem } from '../../core/profile/profile.js';
import type { Style } from './style.js';
import { cut, lengthOf } from './text.js';
import { toAscii } from './words.js';

/** Problems as a compiler prints them: place, message, the line, a caret. `source` null: the place is in no file. */
export function renderProblems(
  where: string,
  source: string | null,
  problems: readonly Problem[],
  style: Style,
): string[] {
  const sourceLines = source?.split(/\r\n|\r|\n/) ?? [];
  const lines = [...problems]
    .sort((a, b) => a.offset - b.offset)
    .flatMap((problem) =>
      renderProblem(where, source === null ? null : (sourceLines[problem.line] ?? ''), problem, style),
    );
  return style.unicode ? lines : lines.map(toAscii);
}

function renderProblem(where: string, sourceLine: string | null, problem: Problem, style: Style): string[] {
  const severity = style.paint(problem.severity === 'error' ? 'bad' : 'warn', problem.severity);
  const code = style.paint('dim', `[${problem.code}]`);
  const message = plainText(problem.message, 1000);
  const name = plainText(where, 1000);
  if (sourceLine === null) return [`${name}: ${severity}: ${message} ${code}`];
  const place = `${name}:${problem.line + 1}:${problem.character + 1}`;
  return [`${style.paint('bold', place)}: ${severity}: ${message} ${code}`, ...excerpt(sourceLine, problem, style)];
}

/** The line with a caret under the place; a long line is shown from shortly before it. */
function excerpt(sourceLine: string, problem: Problem, style: Style): string[] {
  const number = String(problem.line + 1);
  const columns = style.width - number.length - 6;
  const from = problem.character > columns * 0.7 ? problem.character - Math.floor(columns / 2) : 0;
  const harmless = (text: string) => plainText(text.replaceAll('\t', ' '), 2000);
  const before = harmless(sourceLine.slice(from, problem.character));
  const rest = sourceLine.slice(problem.character, from + columns * 2);
  const shown = cut(before + harmless(rest), columns, style.glyphs.ellipsis);
  const marked = Math.min(lengthOf(harmless(rest.slice(0, problem.length))), lengthOf(shown) - lengthOf(before));
  const caret = ' '.repeat(lengthOf(before)) + style.paint('accent', '^' + '~'.repeat(Math.max(0, marked - 1)));
  const gutter = ' '.repeat(number.length);
  return [style.paint('dim', `  ${number} | `) + shown, style.paint('dim', `  ${gutter} | `) + caret];
}
