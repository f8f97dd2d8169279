import type { EngineClient } from '../engine/client.js';
import type { ProfileSummary } from '../protocol/engine.js';

const MAX_KEPT = 20;

/** What the engine says of profile texts. Lens, diagnostics and runs ask about the same text: it is judged once. */
export class ProfileTexts {
  readonly #engine: EngineClient;
  readonly #known = new Map<string, Promise<ProfileSummary>>();

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  parse(text: string): Promise<ProfileSummary> {
    const known = this.#known.get(text);
    if (known) return known;
    const summary = this.#engine.request('parseProfile', { text });
    this.#known.set(text, summary);
    summary.catch(() => this.#known.delete(text));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KEPT) break;
      this.#known.delete(oldest);
    }
    return summary;
  }
}
