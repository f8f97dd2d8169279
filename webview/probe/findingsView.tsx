import type { ExpectationResult, Finding, Severity } from '../../src/core/base/model.js';
import { fill } from '../shared/fill.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, Evidence } from '../shared/parts.js';
import type { ViewState } from '../shared/viewState.js';
import { Fixes } from './fixesView.js';
import { probeWords } from './strings.js';
import { TableHead } from '../shared/table.js';
import { Empty, Hidden, Quiet } from '../shared/texts.js';

export const SEVERITY_ICONS: Readonly<Record<Severity, IconName>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
};

export interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly view: ViewState;
  readonly actions: Actions;
}

export function FindingList({ findings, view, actions }: FindingsProps) {
  if (findings.length === 0) return <Empty>{probeWords.findings.none}</Empty>;
  return (
    <ol class="findings">
      {findings.map((finding, index) => (
        <li key={`${finding.id}-${index}`}>
          <FindingItem finding={finding} index={index} view={view} actions={actions} />
        </li>
      ))}
    </ol>
  );
}

interface FindingItemProps {
  readonly finding: Finding;
  readonly index: number;
  readonly view: ViewState;
  readonly actions: Actions;
}

function FindingItem({ finding, index, view, actions }: FindingItemProps) {
  const words = probeWords.findings;
  return (
    <article class={`finding finding-${finding.severity}`}>
      <h3>
        {icon(SEVERITY_ICONS[finding.severity])}
        <Hidden>{words.severity[finding.severity]}: </Hidden>
        <Foreign text={finding.title} />
      </h3>
      <p class="answer-meta">
        <span>{finding.id}</span> <span>{fill(probeWords.answer.layer, { layer: finding.layer })}</span>
      </p>
      <p>
        <Foreign text={finding.explanation} multiline />
      </p>
      {finding.evidence.length > 0 ? (
        <>
          <h4>{words.evidence}</h4>
          <Evidence lines={finding.evidence} />
        </>
      ) : null}
      {finding.fixes.length > 0 ? (
        <>
          <h4>{words.fixes}</h4>
          <Fixes id={`finding-${index}-fixes`} finding={finding} view={view} actions={actions} />
        </>
      ) : null}
    </article>
  );
}

export function ExpectationsView({ results }: { readonly results: readonly ExpectationResult[] }) {
  const words = probeWords.expectations;
  const passed = results.filter((result) => result.passed).length;
  return (
    <>
      <Quiet>{fill(words.summary, { passed, total: results.length })}</Quiet>
      <table class="grid-table">
        <TableHead columns={[words.result, words.name, words.expected, words.actual]} />
        <tbody>
          {results.map((result, index) => (
            <tr key={index} class={result.passed ? 'row-ok' : 'row-problem'}>
              <td class="outcome">
                {icon(result.passed ? 'ok' : 'error')} {result.passed ? words.passed : words.failed}
              </td>
              <th scope="row">
                <Foreign text={result.name} />
              </th>
              <td class="mono" data-label={words.expected}>
                <Foreign text={result.expected} />
              </td>
              <td class="mono" data-label={words.actual}>
                <Foreign text={result.actual} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
