import type { FormatName, RecordingFormat } from '../core/base/fileFormats.js';
import type { WrittenForm } from '../core/convert/writeConverted.js';
import type { StoredSecrets } from '../core/base/newProfile.js';

interface TextToConvert {
  readonly text: string;
  readonly from: FormatName;
  /** Of several requests this one, from 0. */
  readonly index: number;
  /** Where a profile lies; null: in no folder. */
  readonly folder: string | null;
}

interface RecordingToConvert {
  readonly path: string;
  readonly filter?: string | undefined;
  readonly connection?: number | undefined;
}

export interface ConvertRequests {
  /** What a person calls the requests that a text holds, in their order. */
  readonly convertChoices: {
    readonly params: Pick<TextToConvert, 'text' | 'from'>;
    readonly result: readonly string[];
  };
  /** A connection in another form. Secrets stand in none but as references; `secrets` are those that stood in the source. */
  readonly convert: {
    readonly params: {
      readonly source: TextToConvert | RecordingToConvert;
      readonly to: FormatName;
      readonly environment: string | null;
      readonly stored: StoredSecrets;
    };
    readonly result: WrittenForm;
  };
  /** Writes a recording in another form of one; a file at `to` is replaced. `notes`: what was missing in it. */
  readonly convertRecording: {
    readonly params: { readonly from: string; readonly to: string; readonly format: RecordingFormat };
    readonly result: { readonly notes: readonly string[] };
  };
}
