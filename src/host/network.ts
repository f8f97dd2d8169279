import * as vscode from 'vscode';
import type { ResolveContext } from '../core/profile/profile.js';

/** What VS Code's own settings say about the way to the network; the engine's thread cannot read them. */
export function networkSettings(): Required<Pick<ResolveContext, 'editorProxy' | 'systemCertificates'>> {
  const http = vscode.workspace.getConfiguration('http');
  return {
    editorProxy: {
      support: text(http.get('proxySupport')) ?? 'override',
      url: text(http.get('proxy')) ?? '',
      noProxy: texts(http.get('noProxy')),
      authorization: text(http.get('proxyAuthorization')),
      strictSSL: http.get('proxyStrictSSL') !== false,
    },
    systemCertificates: http.get('systemCertificates') !== false,
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Settings may hold anything: what is no text, or an empty one, was not set. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
