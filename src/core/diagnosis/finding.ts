import type { Finding, Fix, Layer, Severity } from '../base/model.js';
import { plainLines, plainText } from '../base/plainText.js';
import { usualPlace } from './snippets/places.js';
import { FINDING_DEFAULTS, type FindingId } from './findingIds.js';

/** What a rule has to say. Any of it may quote the peer: it is made safe to show here, once. */
export interface FindingText {
  readonly title: string;
  readonly explanation: string;
  readonly evidence?: readonly (string | null | false | undefined)[];
  readonly fixes?: readonly (Fix | null | false | undefined)[];
  readonly severity?: Severity;
  readonly layer?: Layer;
}

const maxEvidence = 20;
const maxFixes = 6;

/** Builds a finding: one-line texts without control or bidirectional characters, the title a sentence with a full stop. */
export function finding(id: FindingId, text: FindingText): Finding {
  const defaults = FINDING_DEFAULTS[id];
  return {
    id,
    layer: text.layer ?? defaults.layer,
    severity: text.severity ?? defaults.severity,
    title: sentence(text.title),
    explanation: plainText(text.explanation, 1500).trim(),
    evidence: safeLines(present(text.evidence).slice(0, maxEvidence)),
    fixes: present(text.fixes).slice(0, maxFixes).map(safeFix),
  };
}

/** The same finding with more evidence and more fixes, made safe to show like the rest. */
export function extended(given: Finding, evidence: readonly string[], fixes: readonly Fix[]): Finding {
  return {
    ...given,
    evidence: [...given.evidence, ...safeLines(evidence)],
    fixes: [...given.fixes, ...fixes.map(safeFix)],
  };
}

function safeLines(lines: readonly string[]): string[] {
  return lines.map((line) => plainText(line, 500).trim()).filter((line) => line !== '');
}

function present<T>(items: readonly (T | null | false | undefined)[] | undefined): T[] {
  return (items ?? []).filter(
    (item): item is T => item !== null && item !== false && item !== undefined && item !== '',
  );
}

function sentence(text: string): string {
  const line = plainText(text, 300).trim();
  return line.endsWith('.') ? line : `${line.replace(/[!?:;,…]+$/, '')}.`;
}

function safeFix(fix: Fix): Fix {
  const { language, change } = fix;
  const place = usualPlace(fix);
  const snippet = plainLines(fix.snippet);
  return {
    title: plainText(fix.title, 200),
    language,
    snippet,
    // Only what is shown as it is goes into a file by a press.
    ...(change && snippet === fix.snippet ? { change } : {}),
    ...(place === null ? {} : { place }),
  };
}
