// @ts-check
// What the code of the host says to people, found in its syntax.
import { relative, sep } from 'node:path';
import { isCallExpression, isNewExpression, isTemplateExpression, SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/**
 * @typedef {import('typescript/unstable/ast').Node} Node
 * @typedef {import('typescript/unstable/ast').SourceFile} SourceFile
 *
 * `file:line` and what is wrong there.
 * @typedef {{ readonly at: string, readonly text: string }} Found
 *
 * `messages`: what `l10n.t` is given. `unfixed`: calls whose message is put together, so that nothing can be looked up.
 * `bare`: words that did not come by `l10n.t`.
 * @typedef {{ messages: string[], unfixed: Found[], bare: Found[] }} HostStrings
 */

/** Several words, or one that begins as a sentence does. Identifiers, codes and paths are neither. */
const WORDS = /[A-Za-z}][,.:;]?\s+\S*[A-Za-z{]|^\s*[A-Z][a-z]+/;
/** What a person sees is given by these names: there one lower-case word is enough. */
const SHOWN = new Set(['label', 'description', 'detail', 'tooltip', 'placeholder', 'placeHolder', 'prompt', 'title']);
/** Names of products and sources of problems; the parts of a page's frame. */
const NAMES = [
  /^WebSocket( run| task)?$/,
  /^PowerShell$/,
  /^(default|style|script|img|font)-src /,
  /^<!DOCTYPE html>/,
  /^view \{\}$/,
  /^wss?:\S+$/,
];
/** Lines of the log channel stay as they are: who helps reads them in English. */
const LOGS = /(^|[.#])log\.(info|warn|error)$/;
/** Why something was ended; nobody is left to read it. */
const ENDS = /\.(abort|end)$/;

/**
 * @param {string} project Path of a tsconfig.json.
 * @param {RegExp} isHost Which of its files, by their path below `folder` with forward slashes.
 * @param {string} folder
 * @returns {HostStrings}
 */
export function hostStrings(project, isHost, folder) {
  const api = new API({ cwd: folder });
  try {
    const [opened] = api.updateSnapshot({ openProject: project }).getProjects();
    if (!opened) throw new Error(`${project} is no project`);
    /** @type {HostStrings} */
    const found = { messages: [], unfixed: [], bare: [] };
    for (const name of opened.program.getSourceFileNames()) {
      const path = relative(folder, name).replaceAll(sep, '/');
      const source = isHost.test(path) ? opened.program.getSourceFile(name) : undefined;
      if (source) lookInto(source, path, found);
    }
    found.messages = [...new Set(found.messages)].toSorted();
    return found;
  } finally {
    api.close();
  }
}

/**
 * @param {SourceFile} source
 * @param {string} path
 * @param {HostStrings} found
 */
function lookInto(source, path, found) {
  const usesVscode = /^import (type )?\* as vscode /m.test(source.text);
  /** @type {(node: Node) => Found} */
  const at = (node) => ({
    at: `${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`,
    text: textOf(node) ?? node.getText(source),
  });
  /** @type {(node: Node) => void} */
  const visit = (node) => {
    if (node.kind === SyntaxKind.ImportDeclaration || node.kind === SyntaxKind.LiteralType) return;
    if (isCallExpression(node)) {
      const callee = node.expression.getText(source);
      const [message, ...args] = node.arguments;
      if (/(^|\.)l10n\.t$/.test(callee) && message) {
        if (isLiteral(message)) found.messages.push(textOf(message) ?? '');
        else found.unfixed.push(at(message));
        args.forEach(visit);
        return;
      }
      if (LOGS.test(callee) || ENDS.test(callee)) return;
    }
    // Code that calls with something wrong is told so as core tells it; people are asked for what is right.
    if (isNewExpression(node) && !usesVscode && node.expression.getText(source).endsWith('Error')) return;
    const text = textOf(node);
    if (text !== undefined && isSeen(node, text, source)) found.bare.push(at(node));
    node.forEachChild(visit);
  };
  visit(source);
}

/** @type {(node: Node) => boolean} */
function isLiteral(node) {
  return node.kind === SyntaxKind.StringLiteral || node.kind === SyntaxKind.NoSubstitutionTemplateLiteral;
}

/**
 * A template has `{}` for each of its holes.
 * @param {Node} node
 */
function textOf(node) {
  if (isLiteral(node)) return /** @type {import('typescript/unstable/ast').StringLiteral} */ (node).text;
  if (!isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('');
}

/** @type {(node: Node, text: string, source: SourceFile) => boolean} */
function isSeen(node, text, source) {
  const plain = text.replaceAll(/\$\([\w~-]+\)/g, '');
  if (NAMES.some((name) => name.test(plain)) || !/(?<![.\w])[A-Za-z]{2}/.test(plain)) return false;
  const given = /^[\w.#]*?(\w+)\s*[:=]\s/.exec(node.parent.getText(source));
  return WORDS.test(plain) || SHOWN.has(given?.[1] ?? '');
}
