import { plainText } from '../../../core/base/plainText.js';
import { plainRecord } from '../../render/plainReport.js';
import { titleOf } from '../../run/item.js';
import { reasonOf, type RunResult } from '../../run/result.js';
import { EXIT } from '../../usage.js';
import { flakyNote } from '../cases.js';
import type { CreateReporter, RunHead } from '../reporter.js';
import { html } from './markup.js';
import { headlineOf, overview, PAGE_END, pageHead, type Row, summarySection } from './page.js';
import { resultSection, standing } from './result.js';
import { Spool } from './spool.js';

const FAILED = 0;
const PASSED = 1;
const MAX_WHY = 300;

/** One static page, readable by itself: what failed first. Results wait in a temporary file for the summary above them. */
export const htmlReporter: CreateReporter = (stream) => {
  const rows: Row[] = [];
  const counts = [0, 0];
  let head: RunHead;
  let spool: Spool;
  return {
    async begin(run) {
      head = run;
      spool = await Spool.open(counts.length);
    },
    async result(result) {
      const id = `probe-${rows.length + 1}`;
      const part = result.exitCode === EXIT.ok ? PASSED : FAILED;
      rows.push(rowOf(result, id, head.repeat));
      counts[part] = (counts[part] ?? 0) + 1;
      await spool.write(part, resultSection(result, id, head.repeat).text);
    },
    async end({ interrupted, summary }) {
      try {
        await stream.write(pageHead(`wsprobe: ${headlineOf(summary)}`).text);
        await stream.write(summarySection(summary, plainRecord(head), interrupted).text);
        await stream.write(overview(rows, plainRecord(head.environments)).text);
        for (const [part, title] of [
          [FAILED, 'Failed'],
          [PASSED, 'Passed'],
        ] as const) {
          if (counts[part] === 0) continue;
          await stream.write(html`<section>\n<h2>${title}</h2>\n`.text);
          await spool.copyTo(stream, part);
          await stream.write('</section>\n');
        }
        await stream.write(PAGE_END.text);
      } finally {
        await spool.remove();
      }
    },
  };
};

function rowOf(result: RunResult, id: string, repeat: number): Row {
  const { item, report } = result;
  const [tone, sign] = standing(result);
  return plainRecord({
    id,
    title: titleOf({ ...item, environment: null }, repeat),
    environment: item.environment,
    tone,
    sign,
    durationMs: report?.durationMs ?? null,
    why: plainText(flakyNote(result) ?? reasonOf(result), MAX_WHY),
  });
}
