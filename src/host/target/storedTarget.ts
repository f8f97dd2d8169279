import { parseUrl } from '../../core/base/url.js';
import * as vscode from 'vscode';
import type { ProbeTarget } from './probeTarget.js';
import type { Target } from './targets.js';

/** A target as it may be written down. Null for one that holds credentials or has no name but its text. */
export type StoredTarget = { readonly url: string } | { readonly file: string };

export function storeTarget({
  target,
  url,
  readOnly,
}: Pick<ProbeTarget, 'target' | 'url' | 'readOnly'>): StoredTarget | null {
  // What is only looked at is no target to connect to.
  if (readOnly) return null;
  if (target.kind === 'file') return target.over ? null : { file: target.uri.toString() };
  // `url` is the redacted one: where it differs, the original held a secret.
  return target.kind === 'url' && sameUrl(target.url, url) ? { url: target.url } : null;
}

export function loadTarget(stored: StoredTarget | null): Target | null {
  if (!stored) return null;
  return 'file' in stored ? { kind: 'file', uri: vscode.Uri.parse(stored.file) } : { kind: 'url', url: stored.url };
}

function sameUrl(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [parseUrl(a), parseUrl(b)];
  return first !== null && first.href === second?.href;
}
