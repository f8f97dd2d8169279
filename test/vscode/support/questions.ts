import * as vscode from 'vscode';

export interface Question {
  readonly text: string;
  readonly detail: string | undefined;
  readonly answers: readonly string[];
}

/** Answers the modal questions of the extension in the place of a person; undefined turns away. */
export class Questions {
  readonly asked: Question[] = [];
  readonly #original = vscode.window.showWarningMessage;

  constructor(answer: (question: Question) => string | undefined) {
    const reply = async (text: string, options: vscode.MessageOptions, ...answers: readonly string[]) => {
      const question = { text, detail: options.detail, answers };
      this.asked.push(question);
      return answer(question);
    };
    this.#set(reply);
  }

  restore(): void {
    this.#set(this.#original);
  }

  #set(value: unknown): void {
    Object.assign(vscode.window, { showWarningMessage: value });
  }
}
