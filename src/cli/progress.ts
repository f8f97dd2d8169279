import type { ProbeProgress } from '../core/base/model.js';
import { formatDuration } from '../core/text/durations.js';
import type { Io } from './io.js';
import { LiveText } from './liveText.js';
import { createStyle } from './render/style.js';

const REDRAW_MS = 100;

/** One line on a terminal's standard error, rewritten while a probe runs and gone afterwards. */
export class LiveLine {
  readonly #io: Io;
  readonly #line: LiveText;
  readonly #timer: NodeJS.Timeout | null;
  #progress: ProbeProgress | null = null;
  #progressAtMs: number;

  constructor(io: Io) {
    this.#io = io;
    this.#progressAtMs = io.now();
    this.#line = new LiveText(io);
    this.#timer = this.#line.enabled ? setInterval(() => this.#draw(), REDRAW_MS) : null;
    this.#timer?.unref();
  }

  update(progress: ProbeProgress): void {
    this.#progress = progress;
    this.#progressAtMs = this.#io.now();
    this.#draw();
  }

  /** Makes room for a line of output; the next update draws again. */
  clear(): void {
    this.#progress = null;
    this.#line.clear();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    if (this.#progress === null) return;
    const elapsedMs = this.#progress.elapsedMs + this.#io.now() - this.#progressAtMs;
    this.#line.draw(progressLine(this.#progress, elapsedMs));
  }
}

/** `upgrade 1.24 s, dns 1.21 ms, tcp 11.4 ms`: what it waits for comes first. */
export function progressLine({ running, phases }: ProbeProgress, elapsedMs: number): string {
  const { glyphs } = createStyle({ width: 80, unicode: false, colour: false });
  const done = phases
    .filter((phase) => phase.name !== running && (phase.status === 'ok' || phase.status === 'degraded'))
    .map((phase) => `${phase.name} ${formatDuration(phase.durationMs)}`);
  const idle = phases.some((phase) => phase.detail['open'] === true) ? 'open' : 'connecting';
  return [`${running ?? idle}... ${formatDuration(elapsedMs)}`, ...done].join(glyphs.separator);
}
