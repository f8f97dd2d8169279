import type { Finding } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import { textFix } from '../../diagnosis/snippets/shell.js';
import type { Bench } from '../bench.js';
import { judgeSequence, type SequenceVerdict } from '../measure/sequence.js';
import { MessageNumbers } from '../messageNumbers.js';
import type { ExperimentResult } from '../result.js';

interface Heard {
  readonly numbers: MessageNumbers;
  readonly verdict: SequenceVerdict;
}

/** Connections that only listen: what is missing, repeated or out of order by the numbers in their messages. */
export async function sequence(bench: Bench): Promise<ExperimentResult> {
  const { connections, forMs, jsonPath = '$' } = bench.settings;
  const heard: Heard[] = [];
  bench.note(`listening for ${formatMs(forMs)}`);
  const listen = async () => {
    const numbers = new MessageNumbers(jsonPath);
    const held = await bench.open({ onMessage: (message) => numbers.take(message) });
    if (held.failure) return;
    await bench.sleepWith(held, forMs);
    const verdict = judgeSequence(numbers.values);
    heard.push({ numbers, verdict });
    const { duplicates, missing, received, reordered } = verdict;
    await bench.finish(held, `${received} numbered messages`, { received, missing, duplicates, reordered });
  };
  await Promise.all(Array.from({ length: connections }, listen));
  return judge(heard, jsonPath, bench.clock());
}

function judge(heard: readonly Heard[], path: string, tookMs: number): ExperimentResult {
  const sum = (of: (one: Heard) => number) => heard.reduce((total, one) => total + of(one), 0);
  const numbered = sum(({ verdict }) => verdict.received);
  const without = sum(({ numbers }) => numbers.without);
  const missing = sum(({ verdict }) => verdict.missing);
  const duplicates = sum(({ verdict }) => verdict.duplicates);
  const reordered = sum(({ verdict }) => verdict.reordered);
  const resets = sum(({ verdict }) => verdict.resets);
  const numbers = { numbered, without, missing, duplicates, reordered, resets };
  if (numbered === 0) {
    const conclusion = `In ${formatMs(tookMs)} ${without} messages came, none with a whole number at ${path}.`;
    return { verdict: 'fail', conclusion, numbers, findings: [] };
  }
  const wrong = [
    missing > 0 && `${missing} ${missing === 1 ? 'is' : 'are'} missing`,
    duplicates > 0 && `${duplicates} came twice`,
    reordered > 0 && `${reordered} came behind a later one`,
    resets > 0 && `the count began anew ${resets} times`,
  ].filter((part) => part !== false);
  const said = wrong.length === 0 ? 'none is missing, repeated or out of order' : wrong.join(', ');
  const cut = heard.some(({ numbers: { isFull } }) => isFull) ? ' (of more, which were not kept)' : '';
  return {
    verdict: missing > 0 ? 'fail' : wrong.length > 0 ? 'warn' : 'pass',
    conclusion: `Of ${numbered} messages numbered at ${path}${cut} ${said}.`,
    numbers,
    findings: [
      ...(missing > 0 ? [lost(heard, missing, numbered)] : []),
      ...(duplicates + reordered + resets > 0 ? [disordered(said)] : []),
    ],
  };
}

/** Messages that were sent, by their numbers, and never came. */
export function lostFinding(title: string, evidence: readonly string[]): Finding {
  return finding('lab.messages-lost', {
    title,
    explanation:
      'TCP loses nothing within a connection: what is missing was never written to it. A server drops messages for a client whose buffer is full, a broker delivers at most once, a subscription is changed while messages pass, or what was sent between two connections is not sent again.',
    evidence,
    fixes: [
      textFix(
        'Where to look',
        'In the server: what it does when a client reads more slowly than it sends, and whether it counts what it drops.',
        'In the protocol: whether a client can ask for what it missed, by the last number that it has.',
      ),
    ],
  });
}

function lost(heard: readonly Heard[], missing: number, numbered: number): Finding {
  const gaps = heard.flatMap(({ verdict }, index) =>
    verdict.gaps.map(({ after, before }) => `Connection ${index + 1}: after ${after} came ${before}`),
  );
  const share = (missing / (missing + numbered)) * 100;
  return lostFinding(`${missing} numbered messages never came, ${share.toFixed(1)} % of them`, gaps);
}

function disordered(said: string): Finding {
  return finding('lab.messages-disordered', {
    title: `Messages came, but not once each and in order: ${said}`,
    explanation:
      'A connection keeps the order in which it is written to, so the disorder arose before: several writers without a common order, a broker that delivers at least once, or a queue that is read again. A client that cares must sort by the number and leave out what it has.',
  });
}
