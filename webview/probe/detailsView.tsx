import type { Report } from '../../src/core/base/model.js';
import type { CloseText } from '../../src/protocol/inspector.js';
import type { Actions } from '../shared/parts.js';
import { Tabs } from '../shared/tabs.js';
import { TABS, type TabName, type ViewState } from '../shared/viewState.js';
import { answerTab } from './answer.js';
import { CloseView } from './closeView.js';
import { ExpectationsView, FindingList } from './findingsView.js';
import { FramesView } from './frames/framesView.js';
import { HandshakeView } from './handshake/handshakeView.js';
import { ReportView } from './reportView.js';
import { StepsView } from './stepsView.js';
import { probeWords } from './strings.js';
import { TimingsView } from './timings/timingsView.js';
import { Hidden } from '../shared/texts.js';

export interface DetailsProps {
  readonly report: Report;
  readonly closeExplanation: CloseText | null;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

/** Depth, a tab away. Until a person picks a tab, the one that shows the reason stands open. */
export function DetailsView(props: DetailsProps) {
  const { report, view, actions } = props;
  const answer = answerTab(report);
  const names = TABS.filter((name) => (name !== 'expectations' && name !== 'steps') || report[name].length > 0);
  const selected = view.tab !== null && names.includes(view.tab) ? view.tab : answer;
  return (
    <section class="details" aria-label={probeWords.tabs.label}>
      <Tabs
        id="details"
        label={probeWords.tabs.label}
        tabs={names.map((name) => ({
          name,
          label: <TabLabel name={name} report={report} marked={name === answer && report.verdict !== 'healthy'} />,
        }))}
        selected={selected}
        onSelect={(tab) => actions.change((now) => ({ ...now, tab }))}
      >
        <Panel name={selected} {...props} />
      </Tabs>
    </section>
  );
}

interface TabLabelProps {
  readonly name: TabName;
  readonly report: Report;
  readonly marked: boolean;
}

function TabLabel({ name, report, marked }: TabLabelProps) {
  const count = countOf(name, report);
  return (
    <>
      {probeWords.tabs[name]}
      {count > 0 && name === 'frames' ? <span class="tab-count">{count}</span> : null}
      {count > 0 && name !== 'frames' ? <span class="badge">{count}</span> : null}
      {marked ? (
        <span class={`answer-mark ${report.verdict}`} title={probeWords.tabs.answer}>
          <Hidden>, {probeWords.tabs.answer}</Hidden>
        </span>
      ) : null}
    </>
  );
}

function countOf(name: TabName, report: Report): number {
  switch (name) {
    case 'findings':
      return report.findings.length;
    case 'expectations':
      return report.expectations.filter((result) => !result.passed).length;
    case 'steps':
      return report.steps.filter(({ status }) => status === 'failed').length;
    case 'frames':
      return report.frames.length;
    default:
      return 0;
  }
}

function Panel({ name, report, closeExplanation, view, actions, locale }: DetailsProps & { readonly name: TabName }) {
  switch (name) {
    case 'findings':
      return <FindingList findings={report.findings} view={view} actions={actions} />;
    case 'expectations':
      return <ExpectationsView results={report.expectations} />;
    case 'steps':
      return <StepsView steps={report.steps} />;
    case 'handshake':
      return <HandshakeView report={report} view={view} actions={actions} locale={locale} />;
    case 'frames':
      return <FramesView report={report} view={view} actions={actions} />;
    case 'timings':
      return <TimingsView report={report} />;
    case 'close':
      return <CloseView close={report.close} explanation={closeExplanation} />;
    default:
      return <ReportView report={report} actions={actions} />;
  }
}
