import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { checkUrl } from '../../../src/core/base/url.js';
import { TypedTarget } from '../../../src/host/typedTarget.js';

interface Item {
  readonly label: string;
  readonly choice: string | null;
  readonly alwaysShow?: boolean;
}

const BLANK: Item = { label: '', choice: null };
const RECENT: readonly Item[] = [
  { label: 'wss://prod.example/feed?token=1', choice: 'wss://prod.example/feed?token=1' },
  { label: 'wss://other.example/chat', choice: 'wss://other.example/chat' },
];
const CREATE: Item = { label: 'New profile', choice: 'new', alwaysShow: true };
const PROFILES: readonly Item[] = [
  { label: 'orders', choice: 'profile orders' },
  { label: 'wss', choice: 'profile wss' },
];

interface List {
  /** Which of the typed values it was made for. */
  readonly change: number;
  readonly items: readonly Item[];
}

/** A quick pick as VS Code has it: names items by place; lists and events take their time, each in its order. */
class Pick {
  readonly #typed = new TypedTarget<Item>('');
  #items: readonly Item[] = [];
  #profiles: readonly Item[] = [];
  #selected: Item | undefined;
  readonly #lists: List[] = [];
  readonly #events: (() => void)[] = [];
  #value = '';
  #change = 0;
  #hostValue = '';
  #hostChange = 0;
  #screen: List = { change: 0, items: [] };
  #active = -1;
  /** What the person moved to in the list of what they typed. */
  moved: Item | null = null;
  chosen: string | null = null;

  constructor() {
    this.#fill();
    while (this.showList());
    while (this.hear());
  }

  get value(): string {
    return this.#value;
  }

  get seen(): Item | undefined {
    return this.#screen.items[this.#active];
  }

  type(value: string): void {
    if (value === this.#value) return;
    this.#value = value;
    const change = ++this.#change;
    this.moved = null;
    this.#first();
    this.#events.push(() => {
      this.#hostValue = value;
      this.#hostChange = change;
      this.#typed.changed(value);
      this.#fill();
    });
  }

  move(): void {
    const places = this.#places();
    if (places.length < 2) return;
    const next = places[(places.indexOf(this.#active) + 1) % places.length] ?? -1;
    this.#activate(next);
    this.moved = this.#screen.change === this.#change ? (this.seen ?? null) : null;
  }

  foundProfiles(): void {
    this.#profiles = PROFILES;
    this.#fill();
  }

  showList(): boolean {
    const list = this.#lists.shift();
    if (!list) return false;
    this.#screen = list;
    this.moved = null;
    this.#active = -1;
    this.#first();
    return true;
  }

  hear(): boolean {
    const event = this.#events.shift();
    event?.();
    return event !== undefined;
  }

  enter(): void {
    const place = this.#active;
    this.#events.push(() => {
      this.#selected = this.#items[place];
      const url = this.#typed.accepted();
      this.chosen = url ?? this.#selected?.choice ?? null;
    });
    while (this.hear());
  }

  #fill(): void {
    const url = this.#hostValue;
    const items = checkUrl(url) === null ? [{ label: url, choice: url, alwaysShow: true }] : [];
    this.#items = [
      ...this.#typed.head({ items, blank: BLANK }),
      ...RECENT.map((item) => (item.choice === url ? BLANK : item)),
      CREATE,
      ...this.#profiles,
    ];
    this.#lists.push({ change: this.#hostChange, items: this.#items });
  }

  #places(): number[] {
    return this.#screen.items.flatMap((item, place) =>
      item.choice !== null && (item.alwaysShow || item.label.includes(this.#value)) ? [place] : [],
    );
  }

  #first(): void {
    this.#activate(this.#places()[0] ?? -1);
  }

  #activate(place: number): void {
    if (place === this.#active) return;
    this.#active = place;
    this.#events.push(() => this.#typed.active(this.#items.filter((_, at) => at === place)));
  }
}

const text = fc.constantFrom('', 'w', 'wss', 'orders', 'wss://typed.example/', 'wss://o', 'wss://other.example/chat');
const act = fc.oneof(
  fc.record({ act: fc.constant('type' as const), text }),
  fc.record({ act: fc.constantFrom('showList', 'hear', 'move', 'foundProfiles') }),
);

describe('the target that a person typed', () => {
  it('is what Enter takes, however late list and events are, unless the person moved the selection', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const pick = new Pick();
        for (const each of acts) {
          if ('text' in each) pick.type(each.text);
          else pick[each.act]();
        }
        const { value, seen, moved } = pick;
        pick.enter();
        if (checkUrl(value) === null) assert.equal(pick.chosen, moved?.choice ?? value);
        else assert.ok(pick.chosen === null || pick.chosen === seen?.choice);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives way to an item that was chosen in its list', () => {
    const pick = new Pick();
    pick.type('wss://o');
    while (pick.hear() || pick.showList());
    pick.move();
    pick.enter();
    assert.equal(pick.chosen, 'wss://other.example/chat');
  });
});
