import { FASTElement } from '@microsoft/fast-element';
import {
  type DefaultComponentPresentation,
  DesignToken,
  type ElementDefinitionParams,
} from '@microsoft/fast-foundation';
import { vsCodeButton, vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import { type ComponentChildren, h } from 'preact';

/**
 * Defines the elements used below. Once a page, before the first render. Design systems that differ from part to part of a page
 * need the container of dependencies that the toolkit brings for them, a twentieth of the bundle; this page has one.
 */
export function registerControls(): void {
  DesignToken.registerRoot();
  const context = { elementPrefix: 'vscode', tryDefineElement: defineElement } as unknown as DesignSystemContext;
  for (const control of [vsCodeButton(), vsCodeCheckbox()]) control.register(null as never, context);
}

type DesignSystemContext = Parameters<ReturnType<typeof vsCodeButton>['register']>[1];

function defineElement({ name, type, callback }: ElementDefinitionParams): void {
  let presentation: DefaultComponentPresentation | undefined;
  callback({
    name,
    type,
    container: null as never,
    willDefine: true,
    shadowRootMode: undefined,
    definePresentation: (given) => {
      presentation = given as DefaultComponentPresentation;
    },
    defineElement: (definition) => {
      const { template, styles } = presentation ?? {};
      FASTElement.define(type, { ...definition, name, ...(template && { template }), ...(styles && { styles }) });
    },
    tagFor: () => name,
  });
}

export interface ButtonProps {
  /** Secondary where nothing is said. */
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  /** What the button does, where its content does not say it in words. */
  readonly label?: string;
  /** What a person reads who points at it. */
  readonly hint?: string;
  readonly icon?: ComponentChildren;
  readonly disabled?: boolean;
  /** What the button opens, and whether it is open. */
  readonly popup?: { readonly kind: 'menu' | 'dialog'; readonly open: boolean };
  readonly onClick: () => void;
  readonly children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { appearance = 'secondary', label, hint, icon, disabled, popup, onClick, children } = props;
  const text = typeof children === 'string' ? children : undefined;
  const opens = popup ? { 'aria-haspopup': popup.kind, 'aria-expanded': popup.open } : {};
  return h(
    'vscode-button',
    { appearance, 'aria-label': label ?? text, title: hint ?? label, disabled: disabled ?? false, onClick, ...opens },
    icon && appearance !== 'icon' ? h('span', { slot: 'start', class: 'button-icon' }, icon) : icon,
    children,
  );
}

export interface CheckboxProps {
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: string;
}

export function Checkbox({ checked, disabled = false, onChange, children }: CheckboxProps) {
  const change = (event: Event) => {
    const now = (event.target as { readonly checked?: unknown } | null)?.checked === true;
    // The element announces what it is set to as well as what a person does: only a difference is news.
    if (now !== checked) onChange(now);
  };
  return h('vscode-checkbox', { checked, disabled, onchange: change, 'aria-label': children }, children);
}
