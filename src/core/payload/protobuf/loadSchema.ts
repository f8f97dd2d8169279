import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ProbeError } from '../../base/errors.js';
import { readRegularFile } from '../../base/regularFile.js';
import { isInside, workspaceOf } from '../../base/workspace.js';
import { setBounded } from '../../base/setBounded.js';
import type { ProtoMessage, ProtoSchema } from './schema.js';

const MAX_FILES = 64;
const MAX_BYTES = 4 * 1024 * 1024;
/** Schemas that are kept, for the messages of one run name the same ones. */
const MAX_KEPT = 16;

/** A file as it was when it was read. */
type Stamp = readonly [path: string, modifiedMs: number, bytes: number];

interface Kept {
  readonly files: readonly Stamp[];
  readonly schema: ProtoSchema;
}

const kept = new Map<string, Kept>();

/** One message of a `.proto` file or a descriptor set. Rejects with a ProbeError: `protobuf-schema`. */
export async function loadMessageType(
  path: string,
  type: string,
  baseDir: string | null,
  signal?: AbortSignal,
): Promise<ProtoMessage> {
  const schema = await loadSchema(path, baseDir, signal);
  const name = type.replace(/^\./, '');
  const found = schema.get(name);
  if (found) return found;
  const names = [...schema.keys()].slice(0, 20).join(', ');
  throw wrong(path, `has no message ${name}${names === '' ? '' : `: it has ${names}`}`);
}

async function loadSchema(path: string, baseDir: string | null, signal: AbortSignal | undefined): Promise<ProtoSchema> {
  if (baseDir === null) throw wrong(path, 'has no folder to start from: save the profile');
  try {
    const workspace = await workspaceOf(baseDir);
    const files = new SchemaFiles(path, workspace ?? baseDir, signal);
    const first = await files.real(resolve(baseDir, path), path);
    const known = kept.get(first);
    if (known && (await isUnchanged(known.files))) return known.schema;
    const schema = await files.read(first);
    kept.delete(first);
    setBounded(kept, first, { files: files.stamps, schema }, MAX_KEPT);
    return schema;
  } catch (error) {
    if (error instanceof ProbeError || signal?.aborted === true) throw error;
    const code = String((error as { code?: unknown }).code);
    const nested = error instanceof RangeError ? 'is nested too deeply' : null;
    const why = (error as Error).message.split('\n')[0] ?? '';
    throw wrong(path, WHY_UNREAD[code] ?? nested ?? `cannot be used: ${why.replace(/\.$/, '')}`, error);
  }
}

/** The files of one schema, read in the order in which they are imported. */
class SchemaFiles {
  readonly stamps: Stamp[] = [];
  readonly #path: string;
  readonly #workspace: string;
  readonly #signal: AbortSignal | undefined;
  readonly #seen = new Set<string>();
  #left = MAX_BYTES;

  constructor(path: string, workspace: string, signal: AbortSignal | undefined) {
    this.#path = path;
    this.#workspace = workspace;
    this.#signal = signal;
  }

  /** The real path of a file, which must be inside the workspace. */
  async real(path: string, name: string): Promise<string> {
    const real = await realpath(path);
    if (isInside(real, this.#workspace)) return real;
    const what = name === this.#path ? '' : `imports ${name}, which `;
    throw wrong(this.#path, `${what}is outside the workspace ${this.#workspace}`);
  }

  async read(first: string): Promise<ProtoSchema> {
    if (!first.endsWith('.proto')) {
      const { descriptorSchema } = await import('./descriptorSet.js');
      return descriptorSchema(await this.#bytes(first));
    }
    const { ProtoTexts } = await import('./protoText.js');
    const texts = new ProtoTexts();
    const open = [first];
    this.#seen.add(first);
    const wellKnown = new Set<string>();
    for (let file = open.shift(); file !== undefined; file = open.shift()) {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await this.#bytes(file));
      for (const name of texts.add({ name: relative(this.#workspace, file), text })) {
        const found = await this.#find(name, file);
        if (found === null) {
          if (!wellKnown.has(name) && !texts.addWellKnown(name)) {
            throw wrong(this.#path, `imports ${name}, which is not there`);
          }
          wellKnown.add(name);
        } else if (!this.#seen.has(found)) {
          this.#seen.add(found);
          open.push(found);
        }
      }
    }
    return texts.schema();
  }

  /** Beside the file that imports it, or in a folder above, up to the workspace; null: nowhere. */
  async #find(name: string, importer: string): Promise<string | null> {
    for (let folder = dirname(importer); ; folder = dirname(folder)) {
      const path = join(folder, name);
      if (await isFile(path)) return this.real(path, name);
      if (folder === this.#workspace || dirname(folder) === folder) return null;
    }
  }

  async #bytes(path: string): Promise<Uint8Array> {
    if (this.stamps.length >= MAX_FILES) throw wrong(this.#path, `imports more than ${MAX_FILES} files`);
    const { mtimeMs, size } = await stat(path);
    const bytes = await readRegularFile(path, { maxBytes: MAX_BYTES, signal: this.#signal });
    this.#left -= bytes.length;
    if (this.#left < 0) throw wrong(this.#path, 'is larger than 4 MiB with its imports');
    this.stamps.push([path, mtimeMs, size]);
    return bytes;
  }
}

async function isUnchanged(files: readonly Stamp[]): Promise<boolean> {
  const now = await Promise.all(files.map(([path]) => stat(path).catch(() => null)));
  return files.every(([, modifiedMs, bytes], index) => {
    const stats = now[index];
    return stats?.mtimeMs === modifiedMs && stats.size === bytes;
  });
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

function wrong(path: string, why: string, cause?: unknown): ProbeError {
  return new ProbeError('protobuf-schema', `The schema ${path} ${why}.`, cause === undefined ? {} : { cause });
}

const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  NOT_REGULAR: 'is no regular file',
  TOO_LARGE: 'is larger than 4 MiB',
};
