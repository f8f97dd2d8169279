import type { ComponentChildren } from 'preact';
import type { Differential, Report, Variation } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import type { ViewState } from '../shared/viewState.js';
import { isOfExperiment } from './answer.js';
import { Fixes } from './fixesView.js';
import { probeWords } from './strings.js';
import { timingsWords } from './timings/strings.js';
import { TableHead } from '../shared/table.js';
import { Quiet } from '../shared/texts.js';

export interface ExperimentProps {
  /** Of the run under way; null: the report's is shown. */
  readonly variations: readonly Variation[] | null;
  readonly report: Report | null;
  readonly view: ViewState;
  readonly actions: Actions;
  /** It scrolls by itself. */
  readonly pane?: boolean;
}

/** Which single change makes the handshake pass: the cure first, then everything that was tried. */
export function ExperimentView({ variations, report, view, actions, pane = false }: ExperimentProps) {
  if (variations) return <Running variations={variations} pane={pane} />;
  const differential = report?.differential;
  // Run, and nothing failed.
  if (differential === null) return <Nothing pane={pane} />;
  return report && differential ? (
    <Result report={report} differential={differential} view={view} actions={actions} pane={pane} />
  ) : null;
}

interface PaneProps {
  readonly pane: boolean;
}

function Experiment({
  pane,
  cured,
  children,
}: PaneProps & { readonly cured?: boolean; readonly children: ComponentChildren }) {
  return (
    <section
      class={cured ? 'answer experiment cured' : 'answer experiment'}
      aria-labelledby="experiment-title"
      // A region that scrolls must be reachable by the keys that scroll it.
      tabIndex={pane ? 0 : undefined}
    >
      {children}
    </section>
  );
}

function Running({ variations, pane }: PaneProps & { readonly variations: readonly Variation[] }) {
  const words = probeWords.experiment;
  return (
    <Experiment pane={pane}>
      <div class="answer-why">
        <h2 id="experiment-title">{words.running}</h2>
        <Quiet>{words.runningHint}</Quiet>
      </div>
      <Variations variations={variations} cure={null} running />
    </Experiment>
  );
}

function Nothing({ pane }: PaneProps) {
  return (
    <Experiment pane={pane}>
      <h2 id="experiment-title">{probeWords.experiment.nothingToFind}</h2>
    </Experiment>
  );
}

interface ResultProps extends PaneProps, Pick<ExperimentProps, 'view' | 'actions'> {
  readonly report: Report;
  readonly differential: Differential;
}

function Result({ report, differential, view, actions, pane }: ResultProps) {
  const finding = report.findings.find(isOfExperiment) ?? null;
  const { cure, stopped, variations } = differential;
  return (
    <Experiment pane={pane} cured={cure !== null}>
      <div class="answer-why">
        <h2 id="experiment-title">
          {icon(cure ? 'ok' : 'info')} <Foreign text={finding?.title ?? titleOf(differential)} />
        </h2>
        {finding ? (
          <>
            <p class="answer-meta">{finding.id}</p>
            <p class="answer-explanation">
              <Foreign text={finding.explanation} multiline />
            </p>
          </>
        ) : null}
        {stopped ? (
          <Quiet>
            <Foreign text={stopped} />
          </Quiet>
        ) : null}
      </div>
      {finding && finding.fixes.length > 0 ? (
        <section class="answer-fix" aria-label={probeWords.answer.fixRegion}>
          <h3>{probeWords.answer.fixRegion}</h3>
          <Fixes id="experiment-fixes" finding={finding} view={view} actions={actions} prominent />
        </section>
      ) : null}
      {variations.length > 0 ? <Variations variations={variations} cure={cure} running={false} /> : null}
    </Experiment>
  );
}

function titleOf({ cure, variations }: Differential): string {
  const words = probeWords.experiment;
  const cured = variations.find(({ id }) => id === cure);
  if (cured) return fill(words.cured, { change: cured.change });
  return variations.length > 0 ? words.notCured : words.notTried;
}

interface VariationsProps {
  readonly variations: readonly Variation[];
  readonly cure: string | null;
  readonly running: boolean;
}

function Variations({ variations, cure, running }: VariationsProps) {
  const words = probeWords.experiment;
  return (
    <table class="grid-table variations" aria-label={words.table}>
      <TableHead
        columns={[probeWords.expectations.result, words.change, words.outcome, [timingsWords.tab.duration, 'number']]}
      />
      <tbody>
        {variations.map(({ id, change, passed, outcome, durationMs }) => (
          <tr key={id} class={id === cure ? 'row-ok cure' : passed ? 'row-ok' : 'row-problem'}>
            <td class="outcome">
              {icon(passed ? 'ok' : 'error')} {passed ? probeWords.expectations.passed : probeWords.expectations.failed}
            </td>
            <th scope="row">
              <Foreign text={change} />
            </th>
            <td data-label={words.outcome}>
              <Foreign text={outcome} />
            </td>
            <td class="number" data-label={timingsWords.tab.duration}>
              {formatDuration(durationMs)}
            </td>
          </tr>
        ))}
        {running ? (
          <tr class="row-running">
            <td class="outcome" colSpan={4}>
              {icon('running')}{' '}
              {variations.length === 0 ? words.first : fill(words.next, { count: variations.length + 1 })}
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
