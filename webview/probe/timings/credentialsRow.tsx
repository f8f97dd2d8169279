import type { CredentialsInfo } from '../../../src/core/base/model.js';
import { formatDuration } from '../../../src/core/text/durations.js';
import { fill } from '../../shared/fill.js';
import { Foreign } from '../../shared/foreign.js';
import { icon } from '../../shared/icons.js';
import { type Actions, Facts } from '../../shared/parts.js';
import { visibleText } from '../../shared/visibleText.js';
import { toggleOpen, type ViewState } from '../../shared/viewState.js';
import { timingsWords } from './strings.js';
import { Hidden } from '../../shared/texts.js';

export interface CredentialsRowProps {
  readonly credentials: CredentialsInfo;
  /** Why there is no token; null: there is one. */
  readonly error: string | null;
  readonly view: ViewState;
  readonly actions: Actions;
}

const ID = 'phase-credentials';

/** How the token was had: before the phases and outside their clock, so that it has no bar. */
export function CredentialsRow({ credentials, error, view, actions }: CredentialsRowProps) {
  const words = timingsWords.waterfall;
  const open = view.open.includes(ID);
  const { cached, durationMs } = credentials;
  const status = error === null ? 'ok' : 'failed';
  return (
    <li class={`phase phase-${status}`}>
      <button
        type="button"
        class="phase-row"
        aria-expanded={open}
        aria-controls={`${ID}-body`}
        title={fill(words.credentials.title, { url: visibleText(credentials.tokenUrl) })}
        onClick={() => actions.change((now) => toggleOpen(now, ID))}
      >
        <span class="phase-name">
          {icon('chevron')}
          {icon(error === null ? 'ok' : 'error')}
          <span>{words.credentials.name}</span>
          <Hidden>, {words.status[status]}, </Hidden>
        </span>
        <span class="track track-words">{words.credentials.before}</span>
        <span class="phase-time">{cached ? words.credentials.kept : formatDuration(durationMs)}</span>
      </button>
      {error === null ? null : (
        <p class="phase-error">
          <Foreign text={error} />
        </p>
      )}
      <div id={`${ID}-body`} class="phase-detail" hidden={!open}>
        {open ? <Facts rows={credentialsFacts(credentials)} /> : null}
      </div>
    </li>
  );
}

/** Names and values, made safe to show. */
function credentialsFacts({
  cached,
  expiresAt,
  status,
  tokenUrl,
}: CredentialsInfo): readonly (readonly [name: string, value: string])[] {
  const words = timingsWords.waterfall.credentials;
  const answer = status === null ? words.nothing : String(status);
  return [
    [words.from, visibleText(tokenUrl)],
    [words.answer, cached ? words.keptFact : answer],
    ...(expiresAt === null ? [] : [[words.expires, visibleText(expiresAt)] as const]),
  ];
}
