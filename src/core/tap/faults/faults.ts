import type { Fault, FaultKind } from '../../base/fault.js';
import { readJsonc, toValue } from '../../profile/jsonc.js';
import { matchSpec } from '../../profile/messageKeys.js';
import type { Problem } from '../../profile/profile.js';
import { type ObjectSpec, type Spec, validate } from '../../profile/spec.js';

/** Of faults that happen to the connection and not to a message. */
export const OF_CONNECTION: readonly FaultKind[] = ['cut', 'halfOpen', 'close', 'stopReading'];
/** Of faults that leave a compressed stream unreadable: what follows refers to what was there. */
export const CHANGES_MESSAGES: readonly FaultKind[] = ['drop', 'duplicate', 'reorder', 'corrupt', 'replace'];

const MAX_FAULTS = 1_000;
const DAY_MS = 86_400_000;

const ms: Spec = { kind: 'number', min: 0, max: DAY_MS, fraction: true };
const yes: Spec = {
  kind: 'boolean',
  check: (node, report, where) => {
    if (node.type === 'boolean' && !node.value) report('invalid-value', node, `"${where}" is true, or not there.`);
  },
};

const KINDS: Readonly<Record<FaultKind, Spec>> = {
  delayMs: ms,
  bytesPerSecond: { kind: 'number', min: 1, max: 1e12 },
  drop: yes,
  duplicate: yes,
  reorder: yes,
  corrupt: yes,
  replace: { kind: 'any' },
  cut: { kind: 'text', values: ['fin', 'rst'] },
  halfOpen: yes,
  close: {
    kind: 'object',
    of: 'a close',
    keys: {
      code: { kind: 'number', min: 1000, max: 4999 },
      reason: { kind: 'text', rule: (text) => (Buffer.byteLength(text) > 123 ? 'holds more than 123 bytes.' : null) },
    },
  },
  refusePong: yes,
  stopReading: yes,
  refuseUpgrade: {
    kind: 'object',
    of: 'a refusal',
    keys: { status: { kind: 'number', min: 400, max: 599 } },
    required: ['status'],
  },
};

const action: ObjectSpec = {
  kind: 'object',
  of: 'what a fault does',
  keys: { ...KINDS, jitterMs: ms },
  oneOf: Object.keys(KINDS),
};

const fault: ObjectSpec = {
  kind: 'object',
  of: 'a fault',
  keys: {
    when: {
      kind: 'object',
      of: 'the conditions of a fault',
      keys: {
        connection: { kind: 'number', min: 1, max: Number.MAX_SAFE_INTEGER },
        afterMs: ms,
        afterMessages: { kind: 'number', min: 1, max: Number.MAX_SAFE_INTEGER },
        match: matchSpec,
        every: { kind: 'number', min: 1, max: DAY_MS },
      },
    },
    direction: { kind: 'text', values: ['toClient', 'toServer', 'both'] },
    probability: { kind: 'number', min: 0, max: 1, fraction: true },
    do: action,
  },
  required: ['do'],
};

const faults: Spec = { kind: 'list', item: fault, max: MAX_FAULTS };

/** A list of faults out of JSON with comments. Never throws; with a problem that is an error there are none. */
export function parseFaults(text: string): {
  readonly faults: readonly Fault[];
  readonly problems: readonly Problem[];
} {
  const { list, root } = readJsonc(text);
  if (root) {
    validate(root, faults, list.report, 'faults');
    if (root.type === 'array') {
      for (const [index, item] of root.items.entries())
        checkFault(toValue(item), index, (at, message) => list.report('invalid-value', at, message), item);
    }
  }
  const sound = root !== null && !list.hasErrors;
  return { faults: sound ? (toValue(root) as readonly Fault[]) : [], problems: list.items };
}

/** What would never happen is said, not passed over. */
function checkFault<At>(value: unknown, index: number, report: (at: At, message: string) => void, at: At): void {
  if (typeof value !== 'object' || value === null) return;
  const { do: does, when } = value as Partial<Fault>;
  if (typeof does !== 'object' || does === null) return;
  const name = `faults[${index}]`;
  if (does.jitterMs !== undefined && does.delayMs === undefined)
    report(at, `"${name}.do.jitterMs" stands beside "delayMs" alone.`);
  const early = does.refuseUpgrade !== undefined;
  if (does.refusePong === true && when?.match !== undefined)
    report(at, `"${name}": a pong is no message, "match" never holds for it.`);
  const ends = OF_CONNECTION.some((kind) => does[kind] !== undefined);
  if (ends && when?.every !== undefined && (when.afterMessages ?? when.match) === undefined)
    report(at, `"${name}": it happens once; "every" counts messages, beside "afterMessages" or "match".`);
  if (early && (when?.afterMs ?? when?.afterMessages ?? when?.match ?? when?.every) !== undefined)
    report(
      at,
      `"${name}": a refused upgrade has no messages and no time: "connection" and "probability" alone choose it.`,
    );
}

/** The kind of a fault. */
export function kindOf({ do: does }: Fault): FaultKind {
  return Object.keys(does).find((key) => key !== 'jitterMs') as FaultKind;
}
