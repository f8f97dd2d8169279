import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../../base/regularFile.js';
import { parseSegment, type Segment } from './records.js';

/** As large as a segment of samples grows, but for its last line. */
export const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Minutes of few samples may take more than these did. */
const MAX_READ_BYTES = 8 * SEGMENT_BYTES;

/** A file of the history. Minutes are named after the samples that they were made of. */
export interface SegmentFile {
  readonly holds: 'samples' | 'minutes';
  /** When it was begun, and a random part. */
  readonly id: string;
  readonly startedMs: number;
  readonly path: string;
}

const NAME = /^(samples|minutes)-((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8})\.jsonl$/;

export function newSegmentFile(folder: string, wallMs: number): SegmentFile {
  const time = new Date(wallMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const id = `${time}-${randomBytes(4).toString('hex')}`;
  return { holds: 'samples', id, startedMs: wallMs, path: pathOf(folder, 'samples', id) };
}

export function pathOf(folder: string, holds: SegmentFile['holds'], id: string): string {
  return join(folder, `${holds}-${id}.jsonl`);
}

/**
 * The segments of a folder, the oldest first; files that are none are left alone. Samples whose minutes are there too are left out:
 * who made these did not come to delete them.
 */
export async function segmentsOf(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder);
  const all = names.flatMap((name) => segmentOf(folder, name) ?? []);
  return all.sort((a, b) => (a.id < b.id ? -1 : 1)).filter((each) => !isCompacted(each, names));
}

/** Samples that are in their minutes already. */
export async function leftovers(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => segmentOf(folder, name) ?? []).filter((each) => isCompacted(each, names));
}

function isCompacted({ holds, id }: SegmentFile, names: readonly string[]): boolean {
  return holds === 'samples' && names.includes(`minutes-${id}.jsonl`);
}

function segmentOf(folder: string, name: string): SegmentFile | null {
  const [, holds, id = '', year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (holds !== 'samples' && holds !== 'minutes') return null;
  const startedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(startedMs) ? null : { holds, id, startedMs, path: join(folder, name) };
}

/** Null where it is gone meanwhile. */
export async function readSegment({ path }: SegmentFile): Promise<Segment | null> {
  const bytes = await readRegularFile(path, { maxBytes: MAX_READ_BYTES }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return bytes && parseSegment(bytes, path);
}

export async function bytesOf({ path }: SegmentFile): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
