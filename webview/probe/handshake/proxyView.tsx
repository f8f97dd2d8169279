import type { ProxyInfo } from '../../../src/core/base/model.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions, Facts } from '../../shared/parts.js';
import type { ViewState } from '../../shared/viewState.js';
import { CertificatesView } from './certificatesView.js';
import { rawHead } from './handshakeChecks.js';
import { Body, Message, MessageOptions } from './messageView.js';
import { handshakeWords } from './strings.js';

export interface ProxyProps {
  readonly proxy: ProxyInfo;
  /** No request of ours follows, with options for both. */
  readonly alone: boolean;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

/** What was asked of the proxy and what it said, before a byte reached the server. */
export function ProxyView({ proxy, alone, view, actions, locale }: ProxyProps) {
  const words = handshakeWords.proxy;
  const { request, status, reason, headers, body, tls } = proxy;
  const answer = status === null ? words.noAnswer : `${status} ${reason}`.trim();
  const asked = request ? `${request.method} ${request.target} HTTP/${request.httpVersion}` : '';
  const answered = `HTTP/${request?.httpVersion ?? '1.1'} ${answer}`;
  return (
    <section class="proxy" aria-labelledby="proxy-title">
      <h3 id="proxy-title">{words.title}</h3>
      <Facts
        rows={[
          [words.address, <Foreign text={proxy.url} />],
          [words.source, <Foreign text={proxy.source} />],
          [words.answer, <Foreign text={answer} />],
        ]}
      />
      {request && alone ? <MessageOptions view={view} actions={actions} /> : null}
      {request ? (
        <div class="side-by-side">
          <Message
            id="connect-request"
            title={words.request}
            note={handshakeWords.tab.asSent}
            line={asked}
            headers={request.headers}
            raw={rawHead(asked, request.headers)}
            problems={new Set()}
            view={view}
            actions={actions}
          />
          {status === null ? null : (
            <Message
              id="connect-response"
              title={words.response}
              note={handshakeWords.tab.asReceived}
              line={answered}
              headers={headers}
              raw={rawHead(answered, headers)}
              problems={new Set()}
              view={view}
              actions={actions}
            />
          )}
        </div>
      ) : null}
      {body && body.bytes > 0 ? <Body id="connect-body" body={body} actions={actions} /> : null}
      {tls ? (
        <CertificatesView
          id="proxy-tls"
          title={words.tls}
          tls={tls}
          used={status !== null}
          actions={actions}
          locale={locale}
        />
      ) : null}
    </section>
  );
}
