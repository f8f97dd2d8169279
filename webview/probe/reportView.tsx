import type { Report } from '../../src/core/base/model.js';
import { Button } from '../controls.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import { probeWords } from './strings.js';

export function ReportView({ report, actions }: { readonly report: Report; readonly actions: Actions }) {
  return (
    <section aria-labelledby="report-title">
      <div class="section-head">
        <h3 id="report-title">{probeWords.report.title}</h3>
        <span class="section-actions">
          <Button icon={icon('clipboard')} onClick={() => actions.send('copyReport')}>
            {probeWords.actions.copyReport}
          </Button>
          <Button icon={icon('json')} onClick={() => actions.send('openReport')}>
            {probeWords.actions.openReport}
          </Button>
        </span>
      </div>
      <pre class="report-json">
        <Foreign text={JSON.stringify(report, null, 2)} multiline />
      </pre>
    </section>
  );
}
