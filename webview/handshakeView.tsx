import type { HeaderPair, Report, ResponseInfo } from '../src/core/model.js';
import { CertificatesView } from './certificatesView.js';
import { Checkbox } from './controls.js';
import { formatBytes } from './format.js';
import {
  type HandshakeCheck,
  handshakeChecks,
  headerNote,
  problemHeaders,
  rawRequest,
  rawResponse,
} from './handshakeChecks.js';
import { type IconName, icon } from './icons.js';
import { type Actions, CopyButton, Foreign } from './parts.js';
import { fill, strings } from './strings.js';
import { toggleOpen, type ViewState } from './viewState.js';

const OUTCOMES: Readonly<Record<HandshakeCheck['outcome'], { icon: IconName; word: string }>> = {
  ok: { icon: 'ok', word: strings.handshake.ok },
  problem: { icon: 'error', word: strings.handshake.problem },
  note: { icon: 'info', word: strings.handshake.note },
};

export interface HandshakeProps {
  readonly report: Report;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

export function HandshakeView({ report, view, actions, locale }: HandshakeProps) {
  const certificates = report.tls ? (
    <CertificatesView tls={report.tls} used={report.request !== null} actions={actions} locale={locale} />
  ) : null;
  // What stopped the probe stands first.
  const first = report.tls && !report.request;
  return (
    <>
      {first ? certificates : null}
      {report.request ? (
        <Http report={report} view={view} actions={actions} />
      ) : (
        <p class="empty">{strings.handshake.none}</p>
      )}
      {first ? null : certificates}
    </>
  );
}

function Http({ report, view, actions }: Omit<HandshakeProps, 'locale'>) {
  const checks = handshakeChecks(report);
  const problems = problemHeaders(checks);
  const words = strings.handshake;
  const { request, response } = report;
  return (
    <>
      <Checks checks={checks} />
      <div class="section-head">
        <p class="quiet">{words.mattersLegend}</p>
        <Checkbox
          checked={view.rawHandshake}
          onChange={(rawHandshake) => actions.change((now) => ({ ...now, rawHandshake }))}
        >
          {words.raw}
        </Checkbox>
      </div>
      <div class="side-by-side">
        <Message
          id="http-request"
          title={words.request}
          note={words.asSent}
          line={request ? `${request.method} ${request.target} HTTP/${request.httpVersion}` : ''}
          headers={request?.headers ?? []}
          raw={rawRequest(report)}
          problems={new Set()}
          view={view}
          actions={actions}
        />
        {response ? (
          <Message
            id="http-response"
            title={words.response}
            note={words.asReceived}
            line={`HTTP/${response.httpVersion} ${response.status} ${response.reason}`}
            headers={response.headers}
            raw={rawResponse(report)}
            problems={problems}
            view={view}
            actions={actions}
          />
        ) : (
          <section class="message">
            <h3>{words.response}</h3>
            <p class="empty">{words.noResponse}</p>
          </section>
        )}
      </div>
      {response && response.body.bytes > 0 && !view.rawHandshake ? (
        <Body body={response.body} actions={actions} />
      ) : null}
    </>
  );
}

function Checks({ checks }: { readonly checks: readonly HandshakeCheck[] }) {
  const words = strings.handshake;
  return (
    <section>
      <h3>{words.checks}</h3>
      <table class="grid-table checks">
        <thead>
          <tr>
            <th scope="col">{words.outcome}</th>
            <th scope="col">{words.check}</th>
            <th scope="col">{words.asked}</th>
            <th scope="col">{words.answered}</th>
          </tr>
        </thead>
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
      {checks.length === 1 ? <p class="quiet">{words.notWebSocket}</p> : null}
    </section>
  );
}

interface MessageProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly line: string;
  readonly headers: readonly HeaderPair[];
  readonly raw: string;
  readonly problems: ReadonlySet<string>;
  readonly view: ViewState;
  readonly actions: Actions;
}

function Message({ id, title, note, line, headers, raw, problems, view, actions }: MessageProps) {
  return (
    <section class="message" aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>
          {title} <span class="quiet">{note}</span>
        </h3>
        <CopyButton text={raw} what={title} actions={actions} />
      </div>
      {view.rawHandshake ? (
        <pre class="raw">
          <Foreign text={raw} multiline />
        </pre>
      ) : (
        <>
          <p class="start-line">
            <Foreign text={line} />
          </p>
          <ul class="headers">
            {headers.map(([name, value], index) => (
              <Header
                key={index}
                id={`${id}-${index}`}
                name={name}
                value={value}
                problem={problems.has(name.toLowerCase())}
                view={view}
                actions={actions}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface HeaderProps {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly problem: boolean;
  readonly view: ViewState;
  readonly actions: Actions;
}

function Header({ id, name, value, problem, view, actions }: HeaderProps) {
  const note = headerNote(name);
  const open = view.open.includes(id);
  const label = (
    <>
      <Foreign text={name} />
      {problem ? <span class="visually-hidden"> ({strings.handshake.problem})</span> : null}
    </>
  );
  return (
    <li class={`header${note ? ' matters' : ''}${problem ? ' problem' : ''}`}>
      {note ? (
        <button
          type="button"
          class="header-name"
          aria-expanded={open}
          title={note}
          onClick={() => actions.change((now) => toggleOpen(now, id))}
        >
          {problem ? icon('error') : null}
          {label}
        </button>
      ) : (
        <span class="header-name">{label}</span>
      )}
      <span class="header-value">
        <Foreign text={value} />
      </span>
      {note && open ? <p class="header-note">{note}</p> : null}
    </li>
  );
}

function Body({ body, actions }: { readonly body: ResponseInfo['body']; readonly actions: Actions }) {
  const words = strings.handshake;
  const size = fill(body.truncated ? words.bodyTruncated : words.bodyBytes, { bytes: formatBytes(body.bytes) });
  return (
    <section aria-labelledby="http-body">
      <div class="section-head">
        <h3 id="http-body">
          {words.body} <span class="quiet">{size}</span>
        </h3>
        <CopyButton text={body.text} what={words.body} actions={actions} />
      </div>
      <pre class="scroll" role="region" aria-labelledby="http-body" tabIndex={0}>
        <Foreign text={body.text} multiline />
      </pre>
    </section>
  );
}
