import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProbeError } from '../base/errors.js';
import { JsonSchema } from '../base/jsonSchema.js';
import type { Match } from '../base/message.js';
import { readRegularFile } from '../base/regularFile.js';
import { isInside, workspaceOf } from '../base/workspace.js';

const MAX_FILES = 64;
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the JSON Schemas that matches name by path, before anything is sent. Rejects with a ProbeError: `schema-file`. */
export async function loadSchemas(
  matches: Iterable<Match>,
  baseDir: string | null,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, JsonSchema>> {
  const paths = new Set<string>();
  for (const match of matches) if ('schema' in match && typeof match.schema === 'string') paths.add(match.schema);
  if (paths.size > MAX_FILES) throw new ProbeError('schema-file', `More than ${MAX_FILES} schema files are named.`);
  const schemas = new Map<string, JsonSchema>();
  const workspace = paths.size === 0 ? null : await workspaceOf(baseDir);
  for (const path of paths) schemas.set(path, await loadSchema(path, baseDir, workspace, signal));
  return schemas;
}

async function loadSchema(
  path: string,
  baseDir: string | null,
  workspace: string | null,
  signal: AbortSignal | undefined,
): Promise<JsonSchema> {
  const wrong = (why: string) => new ProbeError('schema-file', `The schema ${path} ${why}.`);
  if (baseDir === null || workspace === null) throw wrong('has no folder to start from: save the profile');
  try {
    const real = await realpath(resolve(baseDir, path));
    if (!isInside(real, workspace)) throw wrong(`is outside the workspace ${workspace}`);
    const bytes = await readRegularFile(real, { maxBytes: MAX_BYTES, signal });
    return new JsonSchema(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    if (error instanceof ProbeError || signal?.aborted === true) throw error;
    const code = String((error as { code?: unknown }).code);
    throw wrong(WHY_UNREAD[code] ?? `is no JSON Schema to judge by: ${(error as Error).message.split('\n')[0]}`);
  }
}

const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  NOT_REGULAR: 'is no regular file',
  TOO_LARGE: 'is larger than 4 MiB',
};
