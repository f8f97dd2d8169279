import { emitKeypressEvents, type Key } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { Input } from '../io.js';

/** Asks a terminal to mark what is pasted, and to mark it no more. */
export const PASTE_MARKS = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const;

/** U+2400 to U+241F are the pictures of the controls; one that was typed or pasted itself stands aside in a private plane. */
const PICTURES = 0x2400;
const ASIDE = 0xf2400;

/** A keyboard for readline in which a paste is one line: its line breaks and other controls are shown as their pictures. */
export interface PasteKeys {
  readonly input: PassThrough;
  end(): void;
}

export function pasteKeys(keyboard: Input & { setRawMode?: (raw: boolean) => unknown }): PasteKeys {
  const setRawMode = (raw: boolean) => keyboard.setRawMode?.(raw);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  let isPasting = false;
  let typed = '';
  const flush = () => {
    if (typed !== '') input.write(typed);
    typed = '';
  };
  const onKey = (_: string | undefined, key: Key) => {
    if (key.name === 'paste-start' || key.name === 'paste-end') {
      isPasting = key.name === 'paste-start';
      return;
    }
    // By a chunk of the keyboard's: readline completes at a tab only where it came alone. An Escape comes by a timer.
    if (typed === '') queueMicrotask(flush);
    const kept = (key.sequence ?? '').replace(/[\u2400-\u241f]/g, (picture) => shifted(picture, ASIDE - PICTURES));
    typed += isPasting ? kept.replace(/[\0-\u001f]/g, (control) => shifted(control, PICTURES)) : kept;
  };
  const onEnd = () => input.end();
  emitKeypressEvents(keyboard);
  keyboard.on('keypress', onKey);
  keyboard.on('data', flush);
  keyboard.on('end', onEnd);
  return {
    input,
    end: () => {
      keyboard.off('keypress', onKey);
      keyboard.off('data', flush);
      keyboard.off('end', onEnd);
      input.destroy();
    },
  };
}

/** The text that a line of such a keyboard means. Terminals paste a line break as CR. */
export function meantBy(line: string): string {
  return line
    .replace(/[\u2400-\u241f]/g, (picture) => shifted(picture, -PICTURES))
    .replace(/\r\n?/g, '\n')
    .replace(/[\u{f2400}-\u{f241f}]/gu, (picture) => shifted(picture, PICTURES - ASIDE));
}

function shifted(character: string, by: number): string {
  return String.fromCodePoint((character.codePointAt(0) ?? 0) + by);
}
