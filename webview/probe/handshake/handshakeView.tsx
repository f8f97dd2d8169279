import type { Report } from '../../../src/core/base/model.js';
import { type IconName, icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions } from '../../shared/parts.js';
import type { ViewState } from '../../shared/viewState.js';
import { CertificatesView } from './certificatesView.js';
import { CompressionView } from './compressionView.js';
import { type HandshakeCheck, handshakeChecks, problemHeaders, requestHead, responseHead } from './handshakeChecks.js';
import { Body, Message, MessageOptions } from './messageView.js';
import { LooksView } from './looksView.js';
import { ProxyView } from './proxyView.js';
import { RedirectsView } from './redirectsView.js';
import { handshakeWords } from './strings.js';
import { Http2View } from './wayView.js';
import { TableHead } from '../../shared/table.js';
import { Empty, Quiet } from '../../shared/texts.js';

const OUTCOMES: Readonly<Record<HandshakeCheck['outcome'], { icon: IconName; word: string }>> = {
  ok: { icon: 'ok', word: handshakeWords.tab.ok },
  problem: { icon: 'error', word: handshakeWords.tab.problem },
  note: { icon: 'info', word: handshakeWords.tab.note },
};

export interface HandshakeProps {
  readonly report: Report;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

export function HandshakeView({ report, view, actions, locale }: HandshakeProps) {
  // HTTP/2 speaks before there is a request.
  const used = Boolean(report.request ?? report.http2);
  const certificates = report.tls ? (
    <CertificatesView
      id="tls"
      title={handshakeWords.tab.tls}
      tls={report.tls}
      used={used}
      actions={actions}
      locale={locale}
    />
  ) : null;
  // What stopped the probe stands first.
  const first = report.tls && !used;
  return (
    <>
      {report.proxy ? (
        <ProxyView proxy={report.proxy} alone={!report.request} view={view} actions={actions} locale={locale} />
      ) : null}
      {first ? certificates : null}
      <RedirectsView report={report} />
      <LooksView report={report} />
      {report.http2 ? <Http2View http2={report.http2} /> : null}
      {report.request ? (
        <Http report={report} view={view} actions={actions} />
      ) : (
        <Empty>{handshakeWords.tab.none}</Empty>
      )}
      <CompressionView report={report} />
      {first ? null : certificates}
    </>
  );
}

function Http({ report, view, actions }: Omit<HandshakeProps, 'locale'>) {
  const checks = handshakeChecks(report);
  const problems = problemHeaders(checks);
  const words = handshakeWords.tab;
  const { response } = report;
  const request = requestHead(report);
  const answer = responseHead(report);
  return (
    <>
      <Checks checks={checks} />
      <MessageOptions view={view} actions={actions} />
      <div class="side-by-side">
        <Message
          id="http-request"
          title={words.request}
          note={words.asSent}
          {...request}
          problems={new Set()}
          view={view}
          actions={actions}
        />
        {answer ? (
          <Message
            id="http-response"
            title={words.response}
            note={words.asReceived}
            {...answer}
            problems={problems}
            view={view}
            actions={actions}
          />
        ) : (
          <section class="message">
            <h3>{words.response}</h3>
            <Empty>{words.noResponse}</Empty>
          </section>
        )}
      </div>
      {response && response.body.bytes > 0 && !view.rawHandshake ? (
        <Body id="http-body" body={response.body} actions={actions} />
      ) : null}
    </>
  );
}

function Checks({ checks }: { readonly checks: readonly HandshakeCheck[] }) {
  const words = handshakeWords.tab;
  return (
    <section>
      <h3>{words.checks}</h3>
      <table class="grid-table checks">
        <TableHead columns={[words.outcome, words.check, words.asked, words.answered]} />
        <tbody>
          {checks.map((check) => (
            <tr key={check.name} class={`row-${check.outcome}`}>
              <td class="outcome">
                {icon(OUTCOMES[check.outcome].icon)} {OUTCOMES[check.outcome].word}
              </td>
              <th scope="row">{check.name}</th>
              <td class="mono" data-label={words.asked}>
                <Foreign text={check.asked} />
              </td>
              <td class="mono" data-label={words.answered}>
                <Foreign text={check.answered} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {checks.length === 1 ? <Quiet>{words.notWebSocket}</Quiet> : null}
    </section>
  );
}
