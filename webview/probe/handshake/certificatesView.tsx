import type { Certificate, TlsInfo } from '../../../src/core/base/model.js';
import { fill } from '../../shared/fill.js';
import { formatDate } from '../../shared/format.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions, CopyButton, Facts } from '../../shared/parts.js';
import { handshakeWords } from './strings.js';
import { Empty, Muted } from '../../shared/texts.js';

export interface CertificatesProps {
  readonly id: string;
  readonly title: string;
  readonly tls: TlsInfo;
  /** Whether the connection was used although verification failed. */
  readonly used: boolean;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

export function CertificatesView({ id, title, tls, used, actions, locale }: CertificatesProps) {
  const words = handshakeWords.certificates;
  return (
    <section aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{title}</h3>
      <Trust tls={tls} used={used} />
      <Facts
        rows={[
          [words.protocol, tls.protocol ? <Foreign text={tls.protocol} /> : null],
          [words.cipher, tls.cipher ? <Foreign text={tls.cipher} /> : null],
          [words.alpn, tls.alpn ? <Foreign text={tls.alpn} /> : words.noAlpn],
        ]}
      />
      {tls.chain.length === 0 ? (
        <Empty>{words.none}</Empty>
      ) : (
        <ol class="chain" aria-label={words.chain}>
          {tls.chain.map((certificate, index) => (
            <li key={index}>
              <CertificateItem
                certificate={certificate}
                role={roleOf(certificate, index)}
                refused={index === 0 && tls.authorizationError !== null}
                actions={actions}
                locale={locale}
              />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Trust({ tls, used }: Pick<CertificatesProps, 'tls' | 'used'>) {
  const words = handshakeWords.certificates;
  if (tls.authorized) {
    return (
      <p class="trust trust-ok">
        {icon('ok')} <span>{words.trusted}</span>
      </p>
    );
  }
  return (
    <p class={used ? 'trust trust-warning' : 'trust trust-problem'}>
      {icon(used ? 'warning' : 'error')}{' '}
      <Foreign text={fill(used ? words.unverified : words.refused, { code: tls.authorizationError ?? '?' })} />
    </p>
  );
}

interface CertificateItemProps {
  readonly certificate: Certificate;
  readonly role: keyof typeof handshakeWords.certificates.role;
  readonly refused: boolean;
  readonly actions: Actions;
  readonly locale: string | undefined;
}

function CertificateItem({ certificate, role, refused, actions, locale }: CertificateItemProps) {
  const words = handshakeWords.certificates;
  const { subject, issuer, validFrom, validTo, altNames, fingerprint256 } = certificate;
  const life = lifeOf(certificate);
  return (
    <article class={refused ? 'certificate refused' : 'certificate'}>
      <h4>
        <Foreign text={commonName(subject)} /> <Muted>{words.role[role]}</Muted>
        <span class={`life life-${life.state}`}>
          {life.state === 'ok' ? null : icon(life.state === 'problem' ? 'error' : 'warning')}
          {life.text}
        </span>
      </h4>
      <Facts
        rows={[
          [words.subject, <Foreign text={subject} />],
          [words.issuer, <Foreign text={issuer} />],
          [
            words.validity,
            <Foreign
              text={fill(words.range, { from: formatDate(validFrom, locale), to: formatDate(validTo, locale) })}
            />,
          ],
          [words.names, altNames.length > 0 ? <Foreign text={altNames.join(', ')} /> : null],
          [
            words.fingerprint,
            <span class="fingerprint">
              <Foreign text={fingerprint256} />
              <CopyButton text={fingerprint256} what={words.fingerprint} actions={actions} />
            </span>,
          ],
        ]}
      />
    </article>
  );
}

/** The CN of a distinguished name, or all of it. */
function commonName(subject: string): string {
  return /(?:^|[,\n/]\s*)CN\s*=\s*([^,\n/]+)/.exec(subject)?.[1]?.trim() ?? subject;
}

function roleOf({ subject, issuer }: Certificate, index: number): keyof typeof handshakeWords.certificates.role {
  if (subject === issuer) return index === 0 ? 'self' : 'root';
  return index === 0 ? 'leaf' : 'intermediate';
}

function lifeOf({ daysLeft, validFrom }: Certificate): { state: 'ok' | 'soon' | 'problem'; text: string } {
  const words = handshakeWords.certificates;
  // `validFrom` is judged by the clock of the machine that shows it: a day of slack keeps clocks out of the matter.
  if (new Date(validFrom).getTime() > Date.now() + 86_400_000) return { state: 'problem', text: words.notYet };
  if (daysLeft < 0) return { state: 'problem', text: fill(words.expiredAgo, { days: -daysLeft }) };
  return { state: daysLeft < 14 ? 'soon' : 'ok', text: fill(words.daysLeft, { days: daysLeft }) };
}
