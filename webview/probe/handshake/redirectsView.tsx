import type { Redirect, Report } from '../../../src/core/base/model.js';
import { fill } from '../../shared/fill.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/parts.js';
import { handshakeWords } from './strings.js';

/** Where a handshake was sent on to, hop by hop. */
export function RedirectsView({ report }: { readonly report: Report }) {
  const words = handshakeWords.redirects;
  const { redirects = [], error } = report;
  if (redirects.length === 0) return null;
  return (
    <section aria-labelledby="redirects-title">
      <h3 id="redirects-title">{words.title}</h3>
      <ol class="redirects">
        {redirects.map((redirect, index) => (
          <li key={index}>
            <Hop redirect={redirect} why={index === redirects.length - 1 ? reasonOf(error?.message ?? '') : ''} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Hop({ redirect, why }: { readonly redirect: Redirect; readonly why: string }) {
  const words = handshakeWords.redirects;
  const { url, status, location, target, followed, dropped } = redirect;
  return (
    <>
      <p class="mono">
        <Foreign text={url} />
      </p>
      <p class="hop">
        <span class="chip">{status}</span> {icon('sent')}
        <span class="mono">
          <Foreign text={target ?? location} />
        </span>
      </p>
      <p class="quiet">
        {icon(followed ? 'ok' : 'skipped')}{' '}
        {followed ? words.followed : <Foreign text={why || (target === null ? words.noTarget : words.notFollowed)} />}
        {followed && dropped.length > 0 ? (
          <>
            {' '}
            <Foreign text={fill(words.dropped, { names: dropped.join(', ') })} />
          </>
        ) : null}
      </p>
    </>
  );
}

/** Why nobody went on, where that was asked for; the message of the report ends with it. */
function reasonOf(message: string): string {
  return /Not followed: .*$/s.exec(message)?.[0] ?? '';
}
