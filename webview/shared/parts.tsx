import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ParamsOf, ResultOf } from '../../src/protocol/channel.js';
import type { InspectorRequests } from '../../src/protocol/inspector.js';
import { Button } from '../controls.js';
import { fill } from './fill.js';
import { Foreign } from './foreign.js';
import { icon } from './icons.js';
import { sharedWords } from './strings.js';
import { toggleOpen, type ViewState } from './viewState.js';

type Method = keyof InspectorRequests;

/** Requests that are nothing but their name. */
export type PlainRequest = Exclude<
  { [M in Method]: InspectorRequests[M]['params'] extends null ? M : never }[Method],
  'ready' | 'pickFile'
>;

/** Asks the host; rejects with what the host said. */
export type Ask = <M extends Method>(
  method: M,
  params: ParamsOf<InspectorRequests, M>,
) => Promise<ResultOf<InspectorRequests, M>>;

/** What a view may ask for. Views hold no state of the probe and send no message themselves. */
export interface Actions {
  readonly send: (request: PlainRequest) => void;
  readonly ask: Ask;
  /** Asks, and shows what went wrong above everything else. */
  readonly act: <M extends Method>(method: M, params: ParamsOf<InspectorRequests, M>) => void;
  /** True once the text is on the clipboard. */
  readonly copy: (text: string) => Promise<boolean>;
  readonly change: (change: (view: ViewState) => ViewState) => void;
}

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for a screen reader: "nginx", "payload". */
  readonly what: string;
  readonly actions: Actions;
  readonly withText?: boolean;
}

export function CopyButton({ text, what, actions, withText }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void actions.copy(text).then(setCopied);
  const label = copied ? sharedWords.copied : fill(sharedWords.copyOf, { what });
  return (
    <span class="copy">
      <Button
        appearance={withText ? 'secondary' : 'icon'}
        label={label}
        icon={icon(copied ? 'check' : 'copy')}
        onClick={copy}
      >
        {withText ? (copied ? sharedWords.copied : sharedWords.copy) : undefined}
      </Button>
      <span class="visually-hidden" role="status">
        {copied ? sharedWords.copied : ''}
      </span>
    </span>
  );
}

export interface CodeBlockProps {
  readonly title: string;
  readonly text: string;
  /** What is copied in its place. */
  readonly copied?: string;
  readonly actions: Actions;
  /** What is copied, for a screen reader. */
  readonly what: string;
  readonly prominent?: boolean;
  /** Words for a person, not text for a machine. */
  readonly prose?: boolean;
}

export function CodeBlock({ title, text, copied, actions, what, prominent, prose }: CodeBlockProps) {
  return (
    <figure class={prose ? 'code prose' : 'code'}>
      <figcaption>
        <span class="code-title">
          <Foreign text={title} />
        </span>
        <CopyButton text={copied ?? text} what={what} actions={actions} withText={prominent ?? false} />
      </figcaption>
      <pre>
        <Foreign text={text} multiline />
      </pre>
    </figure>
  );
}

export interface DisclosureProps {
  readonly id: string;
  readonly summary: ComponentChildren;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly children: ComponentChildren;
}

export function Disclosure({ id, summary, view, actions, children }: DisclosureProps) {
  const open = view.open.includes(id);
  return (
    <div class={open ? 'disclosure open' : 'disclosure'}>
      <button
        type="button"
        class="disclosure-summary"
        aria-expanded={open}
        aria-controls={`${id}-body`}
        onClick={() => actions.change((now) => toggleOpen(now, id))}
      >
        {icon('chevron')}
        <span>{summary}</span>
      </button>
      <div id={`${id}-body`} class="disclosure-body" hidden={!open}>
        {open ? children : null}
      </div>
    </div>
  );
}

export function Evidence({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul class="evidence">
      {lines.map((line, index) => (
        <li key={index}>
          <Foreign text={line} multiline />
        </li>
      ))}
    </ul>
  );
}

/** Names and values; a value that is null is left out. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren | null])[];
}) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
