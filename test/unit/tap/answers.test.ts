import assert from 'node:assert/strict';
import { RecordedAnswers } from '../../../src/core/tap/mock/answers.js';
import { conversationOf, type Line } from '../../support/conversation.js';

const text = (content: string) => ({ binary: false, bytes: Buffer.from(content) });

/** What a client hears in answer to each of its messages, and how it was recognised. */
function heard(lines: readonly Line[], said: readonly string[]) {
  const client = new RecordedAnswers(conversationOf(lines)).client();
  return said.map((content) => {
    const { answers, by } = client.hear(text(content));
    return [by, ...[...answers].map(({ bytes }) => Buffer.from(bytes).toString())];
  });
}

describe('answers of a recording', () => {
  it('greets with what came before the client said anything', () => {
    const { answers, isLast } = new RecordedAnswers(conversationOf([['<', 'hello']])).client().greet();
    assert.deepEqual(
      [...answers].map(({ bytes }) => Buffer.from(bytes).toString()),
      ['hello'],
    );
    assert.equal(isLast, true);
  });

  const TABLE: readonly (readonly [
    title: string,
    lines: readonly Line[],
    said: readonly string[],
    heard: readonly (readonly (string | null)[])[],
  ])[] = [
    [
      'a message is answered by what followed it',
      [
        ['>', 'a'],
        ['<', '1'],
        ['<', '2'],
        ['>', 'b'],
        ['<', '3'],
      ],
      ['b', 'a'],
      [
        ['exact', '3'],
        ['exact', '1', '2'],
      ],
    ],
    [
      'the same message said twice is answered in turn, and by the last from then on',
      [
        ['>', 'next'],
        ['<', '1'],
        ['>', 'next'],
        ['<', '2'],
      ],
      ['next', 'next', 'next'],
      [
        ['exact', '1'],
        ['exact', '2'],
        ['exact', '2'],
      ],
    ],
    [
      "the client's id takes the place of the recorded one",
      [
        ['>', '{"id":1,"method":"sum","params":[1]}'],
        ['<', '{"id":1,"result":1}'],
      ],
      ['{"id":77,"method":"sum","params":[1]}'],
      [['normalised', '{"id":77,"result":1}']],
    ],
    [
      'what was sent ahead is answered by its id',
      [
        ['>', '{"id":1,"method":"a"}'],
        ['>', '{"id":2,"method":"b"}'],
        ['<', '{"id":1,"result":"A"}'],
        ['<', '{"id":2,"result":"B"}'],
      ],
      ['{"id":1,"method":"a"}', '{"id":2,"method":"b"}'],
      [
        ['exact', '{"id":1,"result":"A"}'],
        ['exact', '{"id":2,"result":"B"}'],
      ],
    ],
    [
      'another message of the type is answered as the recorded one was',
      [
        ['>', '{"type":"join","room":"a"}'],
        ['<', '{"type":"joined"}'],
      ],
      ['{"type":"join","room":"b"}', '{"type":"leave"}'],
      [['type', '{"type":"joined"}'], [null]],
    ],
    [
      'acknowledgements of Socket.IO go round',
      [
        ['>', '420["sum",1,2]'],
        ['<', '430[3]'],
      ],
      ['425["sum",1,2]'],
      [['normalised', '435[3]']],
    ],
    [
      'references of Phoenix go round',
      [
        ['>', '["1","1","room:a","phx_join",{}]'],
        ['<', '["1","1","room:a","phx_reply",{"status":"ok"}]'],
      ],
      ['["3","9","room:a","phx_join",{}]'],
      [['normalised', '["3","9","room:a","phx_reply",{"status":"ok"}]']],
    ],
    [
      'large numbers and the order of members stay as they were recorded',
      [
        ['>', '{"id":"req-00000001"}'],
        ['<', '{"b":12345678901234567890,"id":"req-00000001","a":1}'],
      ],
      ['{"id":"req-00000009"}'],
      [['normalised', '{"b":12345678901234567890,"id":"req-00000009","a":1}']],
    ],
  ];
  for (const [title, lines, said, expected] of TABLE)
    it(title, () => {
      assert.deepEqual(heard(lines, said), expected);
    });

  it('recognises nothing in what the recording has not', () => {
    assert.deepEqual(heard([['<', 'hello']], ['anything', '{"__proto__":{"type":"x"}}', '[[[[']), [
      [null],
      [null],
      [null],
    ]);
  });
});
