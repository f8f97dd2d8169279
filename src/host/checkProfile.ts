import type * as vscode from 'vscode';
import type { Problem } from '../core/profile/profile.js';
import type { EngineClient } from '../engine/client.js';
import type { Environments } from './environments.js';
import { contextOfFile } from './prepare.js';
import { placeOf } from './profileFiles.js';
import type { Secrets } from './secrets.js';

/** Longer texts are no profiles, and are told so by their first part alone. */
export const MAX_CHECKED = 2 * 1024 * 1024;

/** What is wrong with a profile's text as it would run; in the environment that is chosen for it unless another is named. */
export type CheckProfile = (uri: vscode.Uri, text: string, environment?: string | null) => Promise<readonly Problem[]>;

export function profileChecker(
  engine: Pick<EngineClient, 'request'>,
  environments: Environments,
  secrets: Secrets,
): CheckProfile {
  return (uri, text, environment = null) => {
    const own = contextOfFile(uri, environments);
    const context = { ...own, environment: environment ?? own.environment, secretNames: secrets.names() };
    return engine.request('checkProfile', { text: text.slice(0, MAX_CHECKED), context, place: placeOf(uri) });
  };
}
