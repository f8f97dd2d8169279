import type { Redirect, Report } from '../../../src/core/base/model.js';
import { cookieText } from '../../../src/core/text/cookieText.js';
import { fill } from '../../shared/fill.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { handshakeWords } from './strings.js';
import { Quiet } from '../../shared/texts.js';

/** Where a handshake was sent on to, hop by hop. */
export function RedirectsView({ report }: { readonly report: Report }) {
  const words = handshakeWords.redirects;
  const { redirects = [] } = report;
  if (redirects.length === 0) return null;
  return (
    <section aria-labelledby="redirects-title">
      <h3 id="redirects-title">{words.title}</h3>
      <ol class="redirects">
        {redirects.map((redirect, index) => (
          <li key={index}>
            <Hop redirect={redirect} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Hop({ redirect }: { readonly redirect: Redirect }) {
  const words = handshakeWords.redirects;
  const { url, status, location, followed, dropped } = redirect;
  const cookies = cookieText(redirect);
  return (
    <>
      <p class="mono">
        <Foreign text={url} />
      </p>
      <p class="hop">
        <span class="chip">{status}</span> {icon('sent')}
        <span class="mono">
          <Foreign text={redirect.target ?? location} />
        </span>
      </p>
      <Quiet>
        {icon(followed ? 'ok' : 'skipped')} {followed ? words.followed : <Foreign text={whyNot(redirect)} />}
        {followed && dropped.length > 0 ? (
          <>
            {' '}
            <Foreign text={fill(words.dropped, { names: dropped.join(', ') })} />
          </>
        ) : null}
      </Quiet>
      {cookies === null ? null : (
        <Quiet>
          <Foreign text={cookies} />
        </Quiet>
      )}
    </>
  );
}

function whyNot({ refused, target }: Redirect): string {
  const words = handshakeWords.redirects;
  if (refused !== undefined) return fill(words.refused, { why: refused });
  return target === null ? words.noTarget : words.notFollowed;
}
