import { type CaseResult, NOT_TOLD } from './runSuite.js';

const COLUMNS = ['OK', 'NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED', NOT_TOLD, 'FAILED'] as const;
/** An end that is none of these is not the one that the case asks for. */
const RIGHT_ENDS = ['OK', 'INFORMATIONAL', 'UNIMPLEMENTED', NOT_TOLD];

/** `FAILED`: what the server calls failed, in the conversation or in its close. */
function columnOf({ behavior }: CaseResult): string {
  return COLUMNS.find((column) => column === behavior) ?? 'FAILED';
}

export function hasFailed(result: CaseResult): boolean {
  return columnOf(result) === 'FAILED' || !RIGHT_ENDS.includes(result.behaviorClose) || result.disagreements.length > 0;
}

export function describeCase({ id, behavior, behaviorClose, durationMs, ended, disagreements }: CaseResult): string {
  const line = `${id.padEnd(8)} ${behavior.padEnd(13)} ${behaviorClose.padEnd(13)} ${durationMs.toFixed(1).padStart(9)} ms`;
  const bad = behavior === 'FAILED' || !RIGHT_ENDS.includes(behaviorClose) ? [`  ${ended}`] : [];
  return [line, ...bad, ...disagreements.map((text) => `  wire: ${text}`)].join('\n');
}

/** One row a chapter, one for all. */
export function describeSummary(results: readonly CaseResult[]): string {
  const chapters = [...new Set(results.map(({ id }) => id.split('.')[0] ?? ''))];
  const row = (name: string, rows: readonly CaseResult[]) => {
    const counts = COLUMNS.map((column) => rows.filter((result) => columnOf(result) === column).length);
    const wire = rows.filter(({ disagreements }) => disagreements.length > 0).length;
    return [name, ...counts, wire, rows.length].map((cell) => String(cell).padStart(13)).join(' ');
  };
  return [
    ['chapter', ...COLUMNS, 'wire differs', 'cases'].map((cell) => cell.padStart(13)).join(' '),
    ...chapters.map((chapter) =>
      row(
        chapter,
        results.filter(({ id }) => id.split('.')[0] === chapter),
      ),
    ),
    row('all', results),
  ].join('\n');
}
