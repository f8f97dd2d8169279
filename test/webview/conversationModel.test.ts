import assert from 'node:assert/strict';
import { ConversationModel } from '../../webview/conversation/conversationModel.js';
import type { Ask } from '../../webview/shared/parts.js';
import { textRow } from './sessionFixtures.js';

/** Answers when it is told to, the oldest question first. */
class Host {
  total = 5;
  first = 0;
  readonly waiting: (() => void)[] = [];

  readonly ask = ((method: string, params: { from: number; ids: readonly number[] }) =>
    new Promise((resolve) => {
      this.waiting.push(() => resolve(method === 'rows' ? params.ids.map(rowOf) : this.#page(params.from)));
    })) as unknown as Ask;

  async answer(): Promise<void> {
    this.waiting.shift()?.();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  #page(from: number) {
    const exchanges = Array.from({ length: this.total - from }, (_, at) => {
      const number = this.first + from + at;
      const replies = [number * 10 + 1, number * 10 + 2];
      return { number, id: number * 10, operation: `get ${number}`, replies, row: rowOf(number * 10) };
    });
    return { total: this.total, exchanges };
  }
}

const rowOf = (id: number) => textRow({ id, atMs: id, preview: `row ${id}` });

describe('the conversation', () => {
  const shown = (model: ConversationModel) =>
    Array.from({ length: model.lines }, (_, position) => model.lineAt(position).row?.preview);

  async function opened(): Promise<{ host: Host; model: ConversationModel }> {
    const host = new Host();
    const model = new ConversationModel(host.ask);
    void model.refresh(0);
    await host.answer();
    return { host, model };
  }

  it('unfolds a request although it is asked again how many there are meanwhile', async () => {
    const { host, model } = await opened();
    void model.unfold(1);
    void model.refresh(0);
    await host.answer();
    await host.answer();
    assert.deepEqual(shown(model), ['row 0', 'row 10', 'row 11', 'row 12', 'row 20', 'row 30', 'row 40']);
    assert.deepEqual([model.lineAt(3).reply, model.positionOf(2)], [1, 4]);
    model.choose(3);
    model.fold(1);
    assert.equal(model.cursor, 1);
    assert.equal(model.lines, 5);
  });

  it('forgets what was open and chosen when its oldest are forgotten, or the log is cleared', async () => {
    const { host, model } = await opened();
    void model.unfold(0);
    await host.answer();
    model.choose(2);
    host.first = 100;
    void model.refresh(0);
    await host.answer();
    assert.deepEqual([model.cursor, model.lines, model.lineAt(0).row?.preview], [-1, 5, 'row 1000']);
    void model.unfold(0);
    await host.answer();
    model.choose(1);
    host.total = 0;
    void model.refresh(0);
    await host.answer();
    assert.deepEqual([model.lines, model.cursor], [0, -1]);
  });

  it('takes no answer about an operation that is not asked for any more', async () => {
    const { host, model } = await opened();
    void model.refresh(0);
    model.setFilter('other', 1);
    host.total = 1;
    void model.refresh(0);
    await host.answer();
    assert.equal(model.lines, 0);
    await host.answer();
    assert.deepEqual(shown(model), ['row 0']);
  });
});
