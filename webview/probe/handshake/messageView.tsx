import type { HeaderPair, ResponseInfo } from '../../../src/core/base/model.js';
import { formatBytes } from '../../../src/core/text/sizes.js';
import { Checkbox } from '../../controls.js';
import { fill } from '../../shared/fill.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions, CopyButton } from '../../shared/parts.js';
import { toggleOpen, type ViewState } from '../../shared/viewState.js';
import { headerNote } from './handshakeChecks.js';
import { handshakeWords } from './strings.js';
import { Hidden, Muted, Quiet } from '../../shared/texts.js';

export interface MessageProps {
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

/** One head as it stood on the wire. */
export function Message({ id, title, note, line, headers, raw, problems, view, actions }: MessageProps) {
  return (
    <section class="message" aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>
          {title} <Muted>{note}</Muted>
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

/** How all messages of a handshake are shown. */
export function MessageOptions({ view, actions }: Pick<MessageProps, 'view' | 'actions'>) {
  const words = handshakeWords.tab;
  return (
    <div class="section-head">
      <Quiet>{words.mattersLegend}</Quiet>
      <Checkbox
        checked={view.rawHandshake}
        onChange={(rawHandshake) => actions.change((now) => ({ ...now, rawHandshake }))}
      >
        {words.raw}
      </Checkbox>
    </div>
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
      {problem ? <Hidden> ({handshakeWords.tab.problem})</Hidden> : null}
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

export interface BodyProps {
  readonly id: string;
  readonly body: ResponseInfo['body'];
  readonly actions: Actions;
}

export function Body({ id, body, actions }: BodyProps) {
  const words = handshakeWords.tab;
  const size = fill(body.truncated ? words.bodyTruncated : words.bodyBytes, { bytes: formatBytes(body.bytes) });
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>
          {words.body} <Muted>{size}</Muted>
        </h3>
        <CopyButton text={body.text} what={words.body} actions={actions} />
      </div>
      <pre class="scroll" role="region" aria-labelledby={id} tabIndex={0}>
        <Foreign text={body.text} multiline />
      </pre>
    </section>
  );
}
