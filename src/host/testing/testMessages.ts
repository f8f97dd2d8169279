import * as vscode from 'vscode';
import type { TestOutcome } from '../../core/language/testOutcomes.js';

/** Tells what came of each item below and with a root. */
export function tellOutcomes(run: vscode.TestRun, root: vscode.TestItem, outcomes: readonly TestOutcome[]): void {
  const items = new Map<string, vscode.TestItem>();
  const add = (item: vscode.TestItem): void => {
    items.set(item.id, item);
    item.children.forEach(add);
  };
  add(root);
  for (const outcome of outcomes) {
    const item = items.get(outcome.id === null ? root.id : `${root.id} ${outcome.id}`);
    if (item) tellOne(run, item, outcome);
  }
}

function tellOne(run: vscode.TestRun, item: vscode.TestItem, outcome: TestOutcome): void {
  const { status, durationMs, message, expected, actual, line } = outcome;
  if (status === 'skipped') run.skipped(item);
  else if (status === 'passed') run.passed(item, durationMs);
  else if (item.uri) {
    const both = expected !== null && actual !== null;
    const told = both ? vscode.TestMessage.diff(message, expected, actual) : new vscode.TestMessage(message);
    run.failed(item, at(told, item.uri, line), durationMs);
  }
}

export function messageAt(uri: vscode.Uri, line: number, text: string): vscode.TestMessage {
  return at(new vscode.TestMessage(text), uri, line);
}

function at(message: vscode.TestMessage, uri: vscode.Uri, line: number): vscode.TestMessage {
  message.location = new vscode.Location(uri, lineRange(line));
  return message;
}

/** The editor draws its mark in the margin of a line. */
export function lineRange(line: number): vscode.Range {
  return new vscode.Range(line, 0, line, 0);
}
