// @ts-check
// What the host and its pages say to people, found in the syntax of their code.
import { relative, sep } from 'node:path';
import {
  isCallExpression,
  isJsxAttribute,
  isNewExpression,
  isPropertyAssignment,
  isTemplateExpression,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/**
 * @typedef {import('typescript/unstable/ast').Node} Node
 * @typedef {import('typescript/unstable/ast').SourceFile} SourceFile
 *
 * `file:line` and what is wrong there.
 * @typedef {{ readonly at: string, readonly text: string }} Found
 *
 * `messages`: what can be translated. `unfixed`: messages that are put together, so that nothing can be looked up.
 * `bare`: words that come by neither way.
 * @typedef {{ messages: string[], unfixed: Found[], bare: Found[] }} ShownStrings
 */

/** Several words, or one that begins as a sentence does. Identifiers, codes and paths are neither. */
const WORDS = /[A-Za-z}][,.:;]?\s+\S*[A-Za-z{]|^\s*[A-Z][a-z]+/;
/** What a person sees is given by these names: there one lower-case word is enough. */
const SHOWN = new Set(['label', 'description', 'detail', 'tooltip', 'placeholder', 'placeHolder', 'prompt', 'title']);
const SHOWN_ATTRIBUTES = new Set(['title', 'label', 'placeholder', 'alt', 'aria-label', 'aria-description']);
/** Names of products and sources of problems; the parts of a page's frame. */
const NAMES = [
  /^WebSocket( run| task)?$/,
  /^PowerShell$/,
  /^(default|style|script|img|font)-src /,
  /^<(!DOCTYPE|script)\b/,
  /^view \{\}$/,
  /^wss?:\S+$/,
];
/** Lines of the log channel stay as they are: who helps reads them in English. */
const LOGS = /(^|[.#])log\.(info|warn|error)$/;
/** Why something was ended; nobody is left to read it. */
const ENDS = /\.(abort|end)$/;

/**
 * The host's words come by `l10n.t`.
 * @param {string} project Path of a tsconfig.json.
 * @param {RegExp} isHost Which of its files, by their path below `folder` with forward slashes.
 * @param {string} folder
 */
export function hostStrings(project, isHost, folder) {
  return shownStrings(project, isHost, folder, lookIntoHost);
}

/**
 * The words of a page stand in an object that is given to `translated`.
 * @param {string} project
 * @param {RegExp} isPage
 * @param {string} folder
 */
export function pageStrings(project, isPage, folder) {
  return shownStrings(project, isPage, folder, lookIntoPage);
}

/**
 * @param {string} project
 * @param {RegExp} isMeant
 * @param {string} folder
 * @param {(source: SourceFile, path: string, found: ShownStrings) => void} lookInto
 * @returns {ShownStrings}
 */
function shownStrings(project, isMeant, folder, lookInto) {
  const api = new API({ cwd: folder });
  try {
    const [opened] = api.updateSnapshot({ openProject: project }).getProjects();
    if (!opened) throw new Error(`${project} is no project`);
    /** @type {ShownStrings} */
    const found = { messages: [], unfixed: [], bare: [] };
    for (const name of opened.program.getSourceFileNames()) {
      const path = relative(folder, name).replaceAll(sep, '/');
      const source = isMeant.test(path) ? opened.program.getSourceFile(name) : undefined;
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
 * @param {ShownStrings} found
 */
function lookIntoHost(source, path, found) {
  const usesVscode = /^import (type )?\* as vscode /m.test(source.text);
  /** @type {(node: Node) => void} */
  const visit = (node) => {
    if (node.kind === SyntaxKind.ImportDeclaration || node.kind === SyntaxKind.LiteralType) return;
    if (isCallExpression(node)) {
      const callee = node.expression.getText(source);
      const [message, ...args] = node.arguments;
      if (/(^|\.)l10n\.t$/.test(callee) && message) {
        if (isLiteral(message)) found.messages.push(textOf(message) ?? '');
        else found.unfixed.push(placeOf(message, source, path));
        args.forEach(visit);
        return;
      }
      if (LOGS.test(callee) || ENDS.test(callee)) return;
    }
    // Code that calls with something wrong is told so as core tells it; people are asked for what is right.
    if (isNewExpression(node) && !usesVscode && node.expression.getText(source).endsWith('Error')) return;
    const text = textOf(node);
    if (text !== undefined && isSeen(node, text, source)) found.bare.push(placeOf(node, source, path));
    node.forEachChild(visit);
  };
  visit(source);
}

/**
 * @param {SourceFile} source
 * @param {string} path
 * @param {ShownStrings} found
 */
function lookIntoPage(source, path, found) {
  /** @type {(node: Node) => void} */
  const collect = (node) => {
    if (isPropertyAssignment(node)) return collect(node.initializer);
    if (isLiteral(node)) found.messages.push(textOf(node) ?? '');
    else if (isTemplateExpression(node)) found.unfixed.push(placeOf(node, source, path));
    else node.forEachChild(collect);
  };
  /** @type {(node: Node) => void} */
  const visit = (node) => {
    if (node.kind === SyntaxKind.ImportDeclaration || node.kind === SyntaxKind.LiteralType) return;
    if (isCallExpression(node) && node.expression.getText(source) === 'translated')
      return node.arguments.forEach(collect);
    const text = node.kind === SyntaxKind.JsxText ? node.getText(source) : textOf(node);
    if (text !== undefined && isSeenOnPage(node, text, source)) found.bare.push(placeOf(node, source, path));
    node.forEachChild(visit);
  };
  visit(source);
}

/** @type {(node: Node, source: SourceFile, path: string) => Found} */
function placeOf(node, source, path) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { at: `${path}:${line + 1}`, text: textOf(node) ?? node.getText(source) };
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

/**
 * In the text of an element, in a named attribute, or as the beginning of a sentence; units and protocols are the same everywhere.
 * @type {(node: Node, text: string, source: SourceFile) => boolean}
 */
function isSeenOnPage(node, text, source) {
  if (node.kind === SyntaxKind.JsxText) return /[A-Za-z]{2}/.test(text.replaceAll(/\b(HTTP\/[\d.]*|ms)\b/g, ''));
  if (!/[A-Za-z]{2}/.test(text)) return false;
  if (isJsxAttribute(node.parent)) return SHOWN_ATTRIBUTES.has(node.parent.name.getText(source));
  return /^[A-Z][a-z]+ \S/.test(text);
}
