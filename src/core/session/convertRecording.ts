import { type OpenedRecording, openAnyRecording } from '../record/openAny.js';
import type { RecordingLine } from '../record/recording.js';
import { Redactor } from '../redaction/redactor.js';
import { type ExportFormat, requireOther, writeLines } from './exportSource.js';

/**
 * A recording in another form of recording, a line at a time and through no log, whose budgets would leave something out. Gives
 * what was missing in it. `unwritable`: what is thrown for an error of writing.
 */
export async function convertRecording(
  from: string,
  to: string,
  format: ExportFormat,
  unwritable: (error: unknown) => unknown = (error) => error,
): Promise<readonly string[]> {
  const passes = new Passes(from, await openAnyRecording(from));
  try {
    await requireOther(from, to);
    const lines = { header: passes.header, open: () => passes.lines() };
    const written = await writeLines(lines, new Redactor([]), format, to);
    return [...passes.notes, ...(written?.notes ?? [])];
  } catch (error) {
    throw passes.failure === null ? unwritable(error) : passes.failure.error;
  } finally {
    await passes.close();
  }
}

/** A file that is run through as often as is asked for. */
class Passes {
  readonly header: OpenedRecording['header'];
  notes: readonly string[] = [];
  /** Why it could not be read on. */
  failure: { readonly error: unknown } | null = null;
  readonly #from: string;
  #waiting: OpenedRecording | null;

  constructor(from: string, first: OpenedRecording) {
    this.header = first.header;
    this.#from = from;
    this.#waiting = first;
  }

  async *lines(): AsyncGenerator<readonly RecordingLine[], void, undefined> {
    let pass = this.#waiting;
    this.#waiting = null;
    try {
      pass ??= await openAnyRecording(this.#from);
      yield* pass.lines;
      this.notes = pass.notes();
    } catch (error) {
      this.failure = { error };
      throw error;
    } finally {
      await pass?.close();
    }
  }

  async close(): Promise<void> {
    await this.#waiting?.close();
  }
}
