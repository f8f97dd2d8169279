const ROUND = circle(8, 8, 6.2);

/** Outlines, sixteen units square, drawn with the colour of the text around; the words beside an icon say what it means. */
const OUTLINES = {
  ok: `${ROUND}M5.2 8.3 7.2 10.3 10.9 5.9`,
  warning: 'M8 2.2 14.4 13.4H1.6ZM8 6.4V9.6M8 11.5v.1',
  error: `${ROUND}M5.8 5.8 10.2 10.2M10.2 5.8 5.8 10.2`,
  info: `${ROUND}M8 7.4V11M8 5v.1`,
  running: 'M8 1.8A6.2 6.2 0 1 1 1.8 8',
  pending: circle(8, 8, 5.2),
  skipped: 'M4.5 8H11.5',
  'not-reached': `${circle(8, 8, 5.6)}M4.2 11.8 11.8 4.2`,
  cancelled: `${ROUND}M5.9 5.9H10.1V10.1H5.9Z`,
  play: 'M4.5 2.8 12.5 8 4.5 13.2Z',
  fault: 'M9.2 1.8 3.6 9H7.6L6.8 14.2 12.4 7H8.4Z',
  hold: 'M5.5 8.6V4.4M8 8V2.6M10.5 8.6V4.4M3 8.4 5.2 12.6A2.6 2.6 0 0 0 7.5 14H9.4A3.4 3.4 0 0 0 12.8 10.6V6.4',
  stop: 'M4 4H12V12H4Z',
  copy: 'M5.5 5.5H13.5V13.5H5.5ZM10.5 3.2V2.5H2.5V10.5H3.2',
  clipboard: 'M5.5 3H3.5V14H12.5V3H10.5M5.5 2H10.5V4.5H5.5ZM6 8H10M6 10.8H10',
  check: 'M3 8.6 6.3 11.9 13 4.6',
  json: 'M6 2.5C4 2.5 5 7 2.6 8 5 9 4 13.5 6 13.5M10 2.5C12 2.5 11 7 13.4 8 11 9 12 13.5 10 13.5',
  file: 'M3.5 1.8H9.5L12.5 4.8V14.2H3.5ZM9.2 2V5.1H12.4',
  save: 'M2.5 2.5H11L13.5 5V13.5H2.5ZM5 2.5V6H10V2.5M5 13.5V9.5H11V13.5',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  sent: 'M8 13.5V2.8M3.8 7 8 2.8 12.2 7',
  received: 'M8 2.5V13.2M3.8 9 8 13.2 12.2 9',
  connect: 'M6 2.5V5.5M10 2.5V5.5M4 5.5H12V8A4 4 0 0 1 4 8ZM8 12V14.5',
  disconnect: 'M6 2.5V5.5M10 2.5V5.5M4 5.5H12V8A4 4 0 0 1 4 8ZM8 12V14.5M2 14 14 2',
  reconnect: 'M13.3 6.5A5.6 5.6 0 1 0 13.6 8.8M13.6 3V6.6H10',
  pause: 'M5.5 3.5V12.5M10.5 3.5V12.5',
  ping: 'M1.8 8.5H5L6.8 4 9.2 12.5 11 8.5H14.2',
  record: circle(8, 8, 3.6),
  recording: `M2 3.5H14V12.5H2Z${circle(8, 8, 2)}`,
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  filter: 'M2 3.2H14L9.4 8.6V13L6.6 11.6V8.6Z',
  search: `${circle(7, 7, 4.4)}M10.3 10.3 14 14`,
  close: 'M4 4 12 12M12 4 4 12',
  clear: `${circle(8, 8, 6)}M3.8 12.2 12.2 3.8`,
  follow: 'M8 2.2V10M4.6 6.8 8 10.2 11.4 6.8M3 13.5H13',
  up: 'M3.8 10 8 5.8 12.2 10',
  down: 'M3.8 6 8 10.2 12.2 6',
  send: 'M2.2 13.6 14 8 2.2 2.4 4.2 8ZM4.2 8H9',
  repeat:
    'M4 6.5V5A1.5 1.5 0 0 1 5.5 3.5H13M11 1.5 13 3.5 11 5.5M12 9.5V11A1.5 1.5 0 0 1 10.5 12.5H3M5 10.5 3 12.5 5 14.5',
  open: 'M7 3H3V13H13V9M9.5 2.5H13.5V6.5M13.3 2.7 7.5 8.5',
  compare: 'M2.5 3H6.5V13H2.5ZM9.5 3H13.5V13H9.5Z',
  layout: 'M2 2.5H14V13.5H2ZM9 2.5V13.5M9 9H2',
  settings: 'M2 4.5H14M2 11.5H14M5 2.8V6.2M11 9.8V13.2',
  columns: 'M2 3H14V13H2ZM6 3V13M10 3V13',
  wire: 'M1.5 8H4.5V4H8V12H11.5V8H14.5',
} satisfies Readonly<Record<string, string>>;

export type IconName = keyof typeof OUTLINES;

export function icon(name: IconName) {
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
      <path d={OUTLINES[name]} />
    </svg>
  );
}

function circle(x: number, y: number, radius: number): string {
  const half = `a${radius} ${radius} 0 1 0`;
  return `M${x - radius} ${y}${half} ${2 * radius} 0${half} ${-2 * radius} 0Z`;
}
