import { ProbeError } from '../../core/base/errors.js';
import { type CommandContext, complete, runCommand, textOf } from './commands.js';
import { type Given, sendGiven } from './givenInput.js';
import { LineEditor } from './lineEditor.js';
import type { Talk, TalkInput } from './talk.js';

/** What a person types: lines are messages, those with a slash commands. */
export class TypedInput implements TalkInput {
  readonly #talk: Talk;
  readonly #context: CommandContext;

  constructor(talk: Talk, given: Given) {
    this.#talk = talk;
    const { io, plan, screen, session, source } = talk;
    this.#context = {
      session,
      source,
      plan,
      cwd: io.cwd,
      tell: (text) => screen.tell(text),
      close: (code, reason) => talk.close(code, reason),
      pause: (paused) => talk.pause(paused),
      record: (path) => talk.record(path),
      terminate: () => talk.terminate(),
    };
    screen.tell('A line is a message, /help lists the commands, Ctrl+C closes.');
    const listener = {
      complete: (line: string) => complete(line, plan),
      onLine: (line: string) => this.#onLine(line),
      onInterrupt: () => talk.interrupt(),
      onEnd: () => talk.isOver || talk.close(1000, ''),
    };
    screen.openEditor((where) => new LineEditor({ ...listener, ...where }));
    void sendGiven(talk, given);
  }

  end(): void {
    this.#talk.io.stdin.destroy();
  }

  #onLine(line: string): void {
    const { editor } = this.#talk.screen;
    const text = textOf(line);
    if (text === null || text === '') editor?.prompt();
    else editor?.erase();
    if (text === '') return;
    // Not one after the other: /close must not wait for a message that the peer does not take.
    this.#run(line, text).catch((error: unknown) => this.#refused(error));
  }

  async #run(line: string, text: string | null): Promise<void> {
    if (text === null) await runCommand(line, this.#context);
    else await this.#talk.session.send({ format: 'text', content: text, binary: false });
  }

  #refused(error: unknown): void {
    const { isOver, screen } = this.#talk;
    if (isOver) return;
    const { message, hint } = error instanceof ProbeError ? error : { message: String(error), hint: null };
    screen.tell(hint === null ? message : `${message} ${hint}`, 'bad');
  }
}
