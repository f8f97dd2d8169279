import type { RecordingStatus } from '../../core/record/recordingWriter.js';
import { formatBytes } from '../../core/text/sizes.js';
import { plural } from '../render/words.js';

/** What became of a recording, in one line. */
export function recordedText({ bytes, error, frames, lostFrames, path }: RecordingStatus): string {
  const lost = lostFrames > 0 ? `, ${lostFrames} left out` : '';
  return error ?? `recorded ${plural(frames, 'frame')}${lost}, ${formatBytes(bytes)}: ${path}`;
}
