import type { Alert } from '../../core/base/series.js';
import type { SampleSubject } from '../../core/base/sample.js';
import type { WatchEvent } from '../../core/watch/watch.js';
import { plainRecord } from '../render/plainReport.js';
import type { Style } from '../render/style.js';
import { wrap } from '../render/text.js';
import { toAscii } from '../render/words.js';

const INDENT = '          ';

export function nameOf({ profile, target }: SampleSubject): string {
  return profile ?? target;
}

/** What an event says to a person, the time before it; none of a sample. Safe for a terminal. */
export function eventLines(given: WatchEvent, at: string, style: Style): readonly string[] {
  const lines = plainLines(plainRecord(given), style);
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  const time = style.paint('dim', clockOf(at));
  return [`${time}  ${first}`, ...rest.map((line) => `${INDENT}${line}`)].map((line) =>
    style.unicode ? line : toAscii(line),
  );
}

function plainLines(event: WatchEvent, style: Style): readonly string[] {
  const { glyphs } = style;
  switch (event.kind) {
    case 'sample':
      return event.sample.kind === 'pause' ? pauseLines(event.sample.pausedMs ?? 0, event.sample, style) : [];
    case 'verdict': {
      const { to, title } = event;
      const [tone, sign] = {
        healthy: ['good', glyphs.good],
        degraded: ['warn', glyphs.warn],
        down: ['bad', glyphs.bad],
      }[to] as ['good' | 'warn' | 'bad', string];
      return wrapped(style.paint(tone, sign), `${nameOf(event)} is ${to}${title === '' ? '' : `: ${title}`}`, style);
    }
    case 'alert':
      return alertLines(event.alert, style);
    case 'change': {
      const { what, from, to } = event.change;
      return wrapped(glyphs.info, `${nameOf(event.change)}: the ${what} is another: ${to}, before ${from}`, style);
    }
    case 'fault':
      return wrapped(style.paint('bad', glyphs.bad), `${nameOf(event)}: our own fault: ${event.message}`, style);
  }
}

/** What fires, why, and what to do first. */
export function alertLines(given: Alert, style: Style): readonly string[] {
  const alert = plainRecord(given);
  const { glyphs } = style;
  const subject = `${nameOf(alert)}: ${alert.title}`;
  if (alert.state === 'cleared') return wrapped(style.paint('good', glyphs.good), `alert over: ${subject}`, style);
  const { headline, fix } = alert;
  const why = headline === null ? [] : wrap(headline.title, columnsOf(style));
  return [
    ...wrapped(style.paint('badHeadline', glyphs.bad), `alert: ${subject}`, style),
    ...why.map((line) => `  ${line}`),
    ...wrap(`First: ${fix.title}`, columnsOf(style)).map((line) => `  ${line}`),
    ...fix.snippet.split('\n').map((line) => `    ${style.paint('accent', line)}`),
  ];
}

function pauseLines(pausedMs: number, subject: SampleSubject, style: Style): readonly string[] {
  const seconds = Math.round(pausedMs / 1000);
  return wrapped(
    style.glyphs.info,
    `${nameOf(subject)}: nothing was seen for ${seconds} s; we slept or were stopped`,
    style,
  );
}

function wrapped(sign: string, text: string, style: Style): string[] {
  return wrap(text, columnsOf(style)).map((line, index) => (index === 0 ? `${sign} ${line}` : `  ${line}`));
}

function columnsOf({ width }: Style): number {
  return Math.max(20, width - INDENT.length - 4);
}

function clockOf(at: string): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
