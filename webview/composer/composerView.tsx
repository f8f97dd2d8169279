import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { COMPRESSIONS, isSentAsBinary, isTypedAsJson, WRAPPINGS } from '../../src/core/base/message.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import type { SavedComposition } from '../../src/protocol/inspector.js';
import type { OutgoingMessage, SessionSnapshot } from '../../src/protocol/session.js';
import { Button, Checkbox } from '../controls.js';
import { problemText } from '../session/problemText.js';
import { COMPOSER_PANELS, editedNoMore, FORMATS, type SessionViewState } from '../session/sessionViewState.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import { ControlPanel } from './controlPanel.js';
import { isAtEdge, PRESENT, stepHistory } from './history.js';
import { RawPanel } from './rawPanel.js';
import { RepeatPanel } from './repeatPanel.js';
import { StepsPanel } from './stepsPanel.js';
import { composerWords } from './strings.js';
import { AddresseeFields, addresseeOf } from './tapComposer.js';
import { checkDraft, formatJson } from './validate.js';
import { LinkButton, Muted } from '../shared/texts.js';

export interface ComposerProps {
  readonly session: SessionSnapshot;
  readonly saved: readonly SavedComposition[];
  readonly sent: readonly OutgoingMessage[];
  readonly view: SessionViewState;
  readonly actions: Actions;
  readonly change: (change: Partial<SessionViewState>) => void;
  /** Why nothing can be sent now; null when it can. */
  readonly obstacle: string | null;
}

export type Report = { readonly kind: 'said' | 'failed'; readonly text: string } | null;

/** Where messages are written and sent. What goes wrong is said here, in words. */
export function Composer({ session, saved, sent, view, actions, change, obstacle }: ComposerProps) {
  const text = composerWords.message;
  const { draft } = view;
  const isTap = session.observed?.tap !== undefined;
  // A panel that was open for another profile, or for connections of our own.
  const panel = isTap || (view.panel === 'steps' && !session.steps) ? 'message' : view.panel;
  const addressee = addresseeOf(session, view);
  const editing = session.observed?.tap?.held.listed.find(({ held }) => held === view.editing)?.held ?? null;
  const [place, setPlace] = useState(PRESENT);
  const [barOpen, setBarOpen] = useState(false);
  const [report, setReport] = useState<Report>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  /** What Ctrl+Enter does in the panel that is open; null where nothing can be sent. */
  const submit = useRef<(() => void) | null>(null);
  const check = useMemo(() => checkDraft(draft), [draft]);
  const problem = draft.content === '' && draft.format !== 'text' && draft.format !== 'file' ? null : check.problem;
  // A held message can be sent on whatever became of its client.
  const blocked = (editing === null ? obstacle : null) ?? check.problem;

  const write = (next: Partial<OutgoingMessage>) => {
    setPlace(PRESENT);
    setReport(null);
    change({ draft: { ...draft, ...next } });
  };
  const attempt = (work: Promise<string>) => {
    setReport(null);
    work.then(
      (said) => setReport({ kind: 'said', text: said }),
      (error: unknown) => setReport({ kind: 'failed', text: problemText(error) }),
    );
  };
  const send = () => {
    if (blocked !== null) return;
    setPlace(PRESENT);
    const told = ({ bytes }: { readonly bytes: number }) => fill(text.sent, { bytes: formatBytes(bytes) });
    if (editing !== null) {
      attempt(
        actions.ask('tapRelease', { held: editing, fate: draft }).then(() => {
          change(editedNoMore(view));
          return '';
        }),
      );
    } else if (addressee && isTap) attempt(actions.ask('tapInject', { ...addressee, message: draft }).then(told));
    else attempt(actions.ask('send', { message: draft }).then(told));
    box.current?.focus();
  };
  const recall = (step: 1 | -1) => {
    const next = stepHistory(place, step, sent, draft);
    if (!next) return false;
    setPlace(next.place);
    setReport(null);
    change({ draft: next.draft });
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const area = box.current;
    if (key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (panel === 'message') send();
      else submit.current?.();
    } else if ((key === 'ArrowUp' || key === 'ArrowDown') && area && !event.shiftKey && !event.altKey) {
      const edge = area.selectionStart === area.selectionEnd && isAtEdge(area.value, area.selectionStart, key);
      if (edge && recall(key === 'ArrowUp' ? 1 : -1)) event.preventDefault();
    }
  };
  /** The fields of a panel send what the panel shows. */
  const onPanelKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    submit.current?.();
  };
  const leave = useRef(false);
  useEffect(() => {
    if (leave.current && panel === 'message') box.current?.focus();
    leave.current = false;
  }, [panel]);
  const chooseFile = () => {
    actions.ask('pickFile', null).then(
      (picked) => picked && write({ content: picked.path, format: 'file', binary: true }),
      (error: unknown) => setReport({ kind: 'failed', text: problemText(error) }),
    );
  };
  return (
    <section class="composer" aria-label={text.region}>
      <div id="composer-bar" class={barOpen ? 'composer-bar bar-open' : 'composer-bar'}>
        {editing !== null ? (
          <span class="composer-to composer-editing">
            {fill(composerWords.tap.inPlaceOf, { held: editing })}{' '}
            <LinkButton onClick={() => change(editedNoMore(view))}>{composerWords.tap.leave}</LinkButton>
          </span>
        ) : isTap ? (
          <AddresseeFields session={session} addressee={addressee} change={change} />
        ) : null}
        <select
          class="field"
          aria-label={text.format}
          value={draft.format}
          onChange={(event) => {
            const format = FORMATS.find((name) => name === event.currentTarget.value);
            if (format) write(asFormat(draft, format));
          }}
        >
          {FORMATS.map((format) => (
            <option key={format} value={format}>
              {text.formats[format]}
            </option>
          ))}
        </select>
        <Checkbox
          checked={draft.binary}
          disabled={(draft.compress ?? draft.wrap) !== undefined}
          onChange={(binary) => write({ binary })}
        >
          {text.binary}
        </Checkbox>
        <select
          class="field"
          aria-label={text.wrapping}
          value={draft.compress ?? draft.wrap ?? 'none'}
          onChange={(event) => write(asWrapped(draft, event.currentTarget.value))}
        >
          {AROUND.map((name) => (
            <option key={name} value={name}>
              {text.wrappings[name]}
            </option>
          ))}
        </select>
        {saved.length > 0 ? <Saved saved={saved} onPick={(message) => write(message)} /> : null}
        {isTypedAsJson(draft.format) ? (
          <Button
            label={text.formatJsonTitle}
            disabled={check.problem !== null}
            onClick={() => write({ content: formatJson(draft.content) ?? draft.content })}
          >
            {text.formatJson}
          </Button>
        ) : null}
        {isTap ? null : (
          <div class="segments composer-kinds" role="radiogroup" aria-label={text.kind}>
            {COMPOSER_PANELS.filter((name) => name !== 'steps' || session.steps !== undefined).map((name) => (
              <label key={name} class="segment">
                <input
                  type="radio"
                  name="composer-panel"
                  checked={panel === name}
                  onChange={() => change({ panel: name })}
                />
                <span>{text.panels[name]}</span>
              </label>
            ))}
          </div>
        )}
      </div>
      {panel === 'control' || panel === 'steps' ? null : (
        <div class="composer-body">
          {draft.format === 'file' ? (
            <div class="composer-file">
              <Button icon={icon('file')} onClick={chooseFile}>
                {text.chooseFile}
              </Button>
              <span class={draft.content ? 'mono' : 'quiet'}>
                <Foreign text={draft.content || text.placeholder.file} />
              </span>
            </div>
          ) : (
            <textarea
              ref={box}
              class={problem ? 'field composer-text invalid' : 'field composer-text'}
              rows={Math.max(2, Math.min(8, draft.content.split('\n').length))}
              spellcheck={false}
              aria-label={text.message}
              aria-invalid={problem !== null}
              aria-describedby="composer-said"
              placeholder={text.placeholder[draft.format]}
              value={draft.content}
              onInput={(event) => write({ content: event.currentTarget.value })}
              onKeyDown={onKeyDown}
            />
          )}
          <BarSwitch open={barOpen} onToggle={() => setBarOpen(!barOpen)} />
          {panel === 'message' ? (
            <Button
              appearance="primary"
              icon={icon('send')}
              disabled={blocked !== null}
              label={fill(text.sendTitle, { key: sendKey() })}
              onClick={send}
            >
              {editing === null ? text.send : composerWords.tap.inPlace}
            </Button>
          ) : null}
        </div>
      )}
      {panel === 'control' || panel === 'steps' ? (
        <BarSwitch open={barOpen} onToggle={() => setBarOpen(!barOpen)} />
      ) : null}
      <div onKeyDown={onPanelKey}>
        {panel === 'repeat' ? (
          <RepeatPanel
            session={session}
            message={draft}
            blocked={blocked}
            actions={actions}
            attempt={attempt}
            submit={submit}
          />
        ) : null}
        {panel === 'control' ? (
          <ControlPanel
            obstacle={obstacle}
            actions={actions}
            attempt={attempt}
            onLeave={() => {
              leave.current = true;
              change({ panel: 'message' });
            }}
          />
        ) : null}
        {panel === 'steps' && session.steps ? (
          <StepsPanel {...session.steps} obstacle={obstacle} actions={actions} attempt={attempt} submit={submit} />
        ) : null}
        {panel === 'raw' ? (
          <RawPanel payload={draft} blocked={blocked} actions={actions} attempt={attempt} submit={submit} />
        ) : null}
      </div>
      <p id="composer-said" class="composer-said" role="status">
        <Said report={report} obstacle={obstacle} problem={panel === 'control' || panel === 'steps' ? null : problem} />
        {panel === 'control' ||
        panel === 'steps' ||
        check.bytes === null ||
        draft.content === '' ||
        report ||
        obstacle ? null : (
          <Muted>{formatBytes(check.bytes)}</Muted>
        )}
        {place.at < 0 ? null : <Muted>{fill(text.history, { at: place.at + 1, count: sent.length })}</Muted>}
      </p>
    </section>
  );
}

/** In a narrow panel, what is set rarely makes room for the log until it is wanted. */
function BarSwitch({ open, onToggle }: { readonly open: boolean; readonly onToggle: () => void }) {
  return (
    <span class="bar-switch">
      <button
        type="button"
        class="icon-button"
        aria-label={composerWords.message.options}
        title={composerWords.message.options}
        aria-expanded={open}
        aria-controls="composer-bar"
        onClick={onToggle}
      >
        {icon('settings')}
      </button>
    </span>
  );
}

/** Where messages are written; null while no text can be. */
export function messageBox(root: ParentNode): HTMLTextAreaElement | null {
  return root.querySelector<HTMLTextAreaElement>('.composer-text');
}

/** A text becomes JSON as it is; hex, Base64 and files are binary until somebody says otherwise. */
function asFormat(draft: OutgoingMessage, format: OutgoingMessage['format']): Partial<OutgoingMessage> {
  const { binary } = asWrapped({ ...draft, format }, draft.compress ?? draft.wrap ?? 'none');
  const keeps = format !== 'file' && draft.format !== 'file';
  return { format, binary, ...(keeps ? {} : { content: '' }) };
}

const AROUND = ['none', ...COMPRESSIONS, ...WRAPPINGS] as const;

/** What is compressed is binary, what is wrapped is text, and what is neither goes as its format does. */
function asWrapped({ format }: OutgoingMessage, name: string): Pick<OutgoingMessage, 'binary' | 'compress' | 'wrap'> {
  const compress = COMPRESSIONS.find((each) => each === name);
  const wrap = WRAPPINGS.find((each) => each === name);
  const binary = compress !== undefined || (wrap === undefined && (format === 'file' || isSentAsBinary(format)));
  return { compress, wrap, binary };
}

interface SaidProps {
  readonly report: Report;
  readonly obstacle: string | null;
  readonly problem: string | null;
}

function Said({ report, obstacle, problem }: SaidProps) {
  if (report?.kind === 'failed') {
    return (
      <span class="said-failed">
        {icon('error')} <Foreign text={report.text} />
      </span>
    );
  }
  if (obstacle !== null) return <Muted>{obstacle}</Muted>;
  if (problem !== null) return <span class="said-problem">{problem}</span>;
  return report ? <Muted>{report.text}</Muted> : null;
}

function Saved({ saved, onPick }: { saved: readonly SavedComposition[]; onPick: (message: OutgoingMessage) => void }) {
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (select.current) select.current.selectedIndex = 0;
  });
  return (
    <select
      ref={select}
      class="field composer-saved"
      aria-label={composerWords.message.saved}
      onChange={(event) => {
        const picked = saved[event.currentTarget.selectedIndex - 1];
        event.currentTarget.selectedIndex = 0;
        if (picked) onPick(picked.message);
      }}
    >
      <option>{composerWords.message.saved}</option>
      {saved.map(({ name }, index) => (
        <option key={index}>{name}</option>
      ))}
    </select>
  );
}

function sendKey(): string {
  return /Mac/.test(navigator.userAgent) ? '⌘Enter' : 'Ctrl+Enter';
}
