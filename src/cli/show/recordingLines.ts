import type { LogView } from '../../core/frames/log/logView.js';
import type { RecordingLine } from '../../core/record/recording.js';
import { RecordingFileWriter } from '../../core/record/recordingFileWriter.js';
import { Redactor } from '../../core/redaction/redactor.js';
import type { RecordedSource } from '../../core/session/recordedSource.js';
import { sourceLines } from '../../core/session/sourceLines.js';
import type { Outlet } from '../connect/outlet.js';

/** The lines of a recording, of a filtered view those of its rows alone with how their connections began and ended. */
export async function writeRecordingLines(
  source: RecordedSource,
  view: LogView,
  outlet: Outlet,
  isGone: () => boolean,
): Promise<void> {
  const take = (pages: readonly Uint8Array[]) => {
    for (const page of pages) outlet.write(Uint8Array.from(page));
  };
  const file = {
    append: async (pages: readonly Uint8Array[]) => {
      take(pages);
      await outlet.drained();
    },
    appendSync: take,
    close: async () => {},
  };
  const redactor = new Redactor(source.secrets);
  const writer = await RecordingFileWriter.open({ path: '-', header: source.header(), redactor, file });
  for await (const lines of sourceLines(source)) {
    if (isGone()) break;
    await writer.write(view.filter === '' ? lines : lines.filter((line) => isOf(line, view)));
  }
  await writer.close();
}

function isOf(line: RecordingLine, view: LogView): boolean {
  if (line.type === 'frame' || line.type === 'message') return view.rowOf(line.index) !== null;
  return line.type !== 'note' && line.type !== 'lost';
}
