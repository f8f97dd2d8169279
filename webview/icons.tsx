import type { ComponentChildren } from 'preact';

/** Sixteen units square, drawn with the colour of the text around; the words beside an icon say what it means. */
function Icon({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.3"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const shapes = {
  ok: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M5.2 8.3 7.2 10.3 10.9 5.9" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2.2 14.4 13.4H1.6Z" />
      <path d="M8 6.4V9.6M8 11.5v.1" />
    </>
  ),
  error: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M5.8 5.8 10.2 10.2M10.2 5.8 5.8 10.2" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 7.4V11M8 5v.1" />
    </>
  ),
  running: (
    <>
      <path d="M8 1.8A6.2 6.2 0 1 1 1.8 8" />
    </>
  ),
  pending: <circle cx="8" cy="8" r="5.2" stroke-dasharray="1.4 2.2" />,
  skipped: <path d="M4.5 8H11.5" />,
  'not-reached': (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M4.2 11.8 11.8 4.2" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M5.9 5.9H10.1V10.1H5.9Z" />
    </>
  ),
  play: <path d="M4.5 2.8 12.5 8 4.5 13.2Z" />,
  stop: <path d="M4 4H12V12H4Z" />,
  copy: (
    <>
      <path d="M5.5 5.5H13.5V13.5H5.5Z" />
      <path d="M10.5 3.2V2.5H2.5V10.5H3.2" />
    </>
  ),
  clipboard: (
    <>
      <path d="M5.5 3H3.5V14H12.5V3H10.5M5.5 2H10.5V4.5H5.5Z" />
      <path d="M6 8H10M6 10.8H10" />
    </>
  ),
  check: <path d="M3 8.6 6.3 11.9 13 4.6" />,
  json: (
    <>
      <path d="M6 2.5C4 2.5 5 7 2.6 8 5 9 4 13.5 6 13.5" />
      <path d="M10 2.5C12 2.5 11 7 13.4 8 11 9 12 13.5 10 13.5" />
    </>
  ),
  file: <path d="M3.5 1.8H9.5L12.5 4.8V14.2H3.5ZM9.2 2V5.1H12.4" />,
  save: (
    <>
      <path d="M2.5 2.5H11L13.5 5V13.5H2.5Z" />
      <path d="M5 2.5V6H10V2.5M5 13.5V9.5H11V13.5" />
    </>
  ),
  chevron: <path d="M6 3.5 10.5 8 6 12.5" />,
  sent: <path d="M8 13.5V2.8M3.8 7 8 2.8 12.2 7" />,
  received: <path d="M8 2.5V13.2M3.8 9 8 13.2 12.2 9" />,
} satisfies Readonly<Record<string, preact.JSX.Element>>;

export type IconName = keyof typeof shapes;

export function icon(name: IconName) {
  return <Icon name={name}>{shapes[name]}</Icon>;
}
