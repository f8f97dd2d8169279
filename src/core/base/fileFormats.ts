/** Forms that connections are written in, with the ends of their names; lines of a terminal have none. */
export const FILE_FORMATS = {
  wsprobe: { kind: 'profile', endings: ['.wsprobe'] },
  wsrec: { kind: 'recording', endings: ['.wsrec'] },
  har: { kind: 'recording', endings: ['.har'] },
  jsonl: { kind: 'recording', endings: ['.jsonl'] },
  curl: { kind: 'foreign', endings: [] },
  websocat: { kind: 'foreign', endings: [] },
  wscat: { kind: 'foreign', endings: [] },
  http: { kind: 'foreign', endings: ['.http', '.rest'] },
  monitor: { kind: 'foreign', endings: ['.yaml', '.yml'] },
  node: { kind: 'foreign', endings: ['.mjs'] },
  k6: { kind: 'foreign', endings: ['.js'] },
} as const satisfies Readonly<Record<string, FileFormat>>;

export interface FileFormat {
  readonly kind: 'profile' | 'recording' | 'foreign';
  readonly endings: readonly string[];
}

export type FormatName = keyof typeof FILE_FORMATS;
export type RecordingFormat = 'wsrec' | 'har' | 'jsonl';

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FILE_FORMATS, name);
}

export function isRecordingFormat(name: FormatName): name is RecordingFormat {
  return FILE_FORMATS[name].kind === 'recording';
}

/** The format that a file's name ends in; null where that says nothing, as of command lines. */
export function formatOf(name: string): FormatName | null {
  const lower = name.toLowerCase();
  const names = Object.keys(FILE_FORMATS).filter(isFormatName);
  return names.find((each) => FILE_FORMATS[each].endings.some((end) => lower.endsWith(end))) ?? null;
}
