import type { WatchEvent, WatchSummary } from '../../core/watch/watch.js';
import type { Io, Output } from '../io.js';
import { plainJson } from '../render/plainReport.js';
import { outputStream } from '../reporters/streams.js';
import { type Style, styleFor } from '../render/style.js';
import { eventLines } from './lines.js';
import { LiveView } from './liveView.js';
import type { WatchSettings } from './settings.js';
import { summaryLines } from './summary.js';

const GONE = ['error', 'close'] as const;

/** Where a watch is told: a live view on a terminal, lines in a pipe, samples as JSON with all else on standard error. */
export class WatchScreen {
  readonly #settings: WatchSettings;
  readonly #io: Io;
  /** Of what is for people. */
  readonly #output: Output;
  readonly #style: Style;
  readonly #samples: { write(text: string): Promise<void> };
  #live: LiveView | null = null;
  #hasTold = false;
  #onGone = (): void => {};

  constructor(settings: WatchSettings, io: Io) {
    this.#settings = settings;
    this.#io = io;
    this.#output = settings.json ? io.stderr : io.stdout;
    this.#style = styleFor(io, this.#output, settings.noColor);
    this.#samples = outputStream(io.stdout);
  }

  /** `onGone` hears when nobody reads the results any more. */
  begin(summary: () => WatchSummary, onGone: () => void): void {
    const { json, quiet } = this.#settings;
    this.#onGone = onGone;
    for (const name of GONE) this.#io.stdout.stream.once(name, onGone);
    if (!json && !quiet && this.#io.stdout.isTTY && this.#io.env['TERM'] !== 'dumb')
      this.#live = new LiveView(this.#io, this.#style, summary);
  }

  /** Settles when the reader of the samples has taken it: who reads slowly is watched for slowly. */
  async show(event: WatchEvent): Promise<void> {
    const { json, quiet } = this.#settings;
    if (event.kind !== 'sample' || event.sample.kind === 'pause') {
      if (!quiet || event.kind === 'alert' || event.kind === 'fault') this.#tell(event);
    }
    if (json && event.kind === 'sample') await this.#samples.write(`${plainJson(event.sample, 0)}\n`);
  }

  end(summary: WatchSummary): void {
    this.close();
    this.#write([...(this.#hasTold ? [''] : []), ...summaryLines(summary, this.#style)]);
  }

  close(): void {
    for (const name of GONE) this.#io.stdout.stream.off(name, this.#onGone);
    this.#live?.end();
    this.#live = null;
  }

  #tell(event: WatchEvent): void {
    const lines = eventLines(event, atOf(event), this.#style);
    this.#hasTold ||= lines.length > 0;
    if (this.#live) this.#live.above(lines);
    else this.#write(lines);
  }

  #write(lines: readonly string[]): void {
    if (lines.length > 0) this.#output.write(`${lines.join('\n')}\n`);
  }
}

function atOf(event: WatchEvent): string {
  switch (event.kind) {
    case 'sample':
      return event.sample.at;
    case 'alert':
      return event.alert.at;
    case 'change':
      return event.change.at;
    case 'verdict':
    case 'fault':
      return event.at;
  }
}
