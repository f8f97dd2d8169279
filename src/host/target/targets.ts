import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { ProfileFile } from '../../core/profile/profile.js';

/** What a person or another extension asks to probe. */
export type Target =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'file';
      readonly uri: vscode.Uri;
      /** Unless told, the one that is chosen for the file. */
      readonly environment?: string;
      /** Said beside the profile. */
      readonly over?: ProfileFile;
    }
  | { readonly kind: 'inline'; readonly profile: Readonly<Record<string, unknown>> };

/** Reads an argument of a command or of the API: a URL, the URI or path of a profile, or a profile as an object. */
export function parseTarget(value: unknown): Target {
  if (value instanceof vscode.Uri) return fromUri(value);
  if (typeof value === 'string' && value.trim() !== '') return fromText(value.trim());
  if (isRecord(value)) {
    if (value['resourceUri'] instanceof vscode.Uri) return fromUri(value['resourceUri']);
    if (typeof value['scheme'] === 'string' && typeof value['path'] === 'string') {
      return fromUri(vscode.Uri.from(value as { scheme: string; path: string }));
    }
    if (typeof value['url'] === 'string') return { kind: 'inline', profile: value };
  }
  throw new ProbeError('target.invalid', vscode.l10n.t('This is no WebSocket target.'), {
    hint: vscode.l10n.t('Give a ws:// or wss:// URL, the URI of a .wsprobe file, or a profile object with a "url".'),
  });
}

/** The same target has the same key; a key may hold secrets, so it never leaves memory. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case 'url':
      return `url:${target.url}`;
    case 'file':
      return `file:${target.environment ?? ''}:${JSON.stringify(target.over ?? '')}:${target.uri.toString()}`;
    case 'inline':
      return `inline:${createHash('sha256').update(JSON.stringify(target.profile)).digest('hex')}`;
  }
}

function fromUri(uri: vscode.Uri): Target {
  return /^ws(s|\+unix)?$/i.test(uri.scheme) ? { kind: 'url', url: uri.toString(true) } : { kind: 'file', uri };
}

function fromText(text: string): Target {
  if (/^file:\/\//i.test(text)) return { kind: 'file', uri: vscode.Uri.parse(text, true) };
  if (/^[\\/]|^[a-z]:[\\/]/i.test(text)) return { kind: 'file', uri: vscode.Uri.file(text) };
  return { kind: 'url', url: text };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
