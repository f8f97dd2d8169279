import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageWords } from './pageWords.js';

/** The toolkit puts one empty style element into the page to learn whether `:focus-visible` is known: the hash of "". */
const EMPTY_STYLE = `'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`;

/** A page of ours: its bundle and its style sheet under a policy that allows nothing else. */
export function renderPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: { readonly bundle: 'inspector' | 'watch'; readonly title: string },
): string {
  const nonce = randomBytes(18).toString('base64url');
  const asset = (name: string) => {
    const uri = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name));
    return escapeAttribute(uri.toString());
  };
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource} ${EMPTY_STYLE}`,
    `script-src 'nonce-${nonce}'`,
    `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<link rel="stylesheet" href="${asset(`${page.bundle}.css`)}">
<title>${escapeAttribute(page.title)}</title>
</head>
<body>
<main id="root"></main>
${pageWords(vscode.l10n.bundle)}<script type="module" nonce="${nonce}" src="${asset(`${page.bundle}.js`)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
