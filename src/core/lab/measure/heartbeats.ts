export interface HeardText {
  readonly text: string;
  readonly atMs: number;
}

/** Messages by which a server shows that it lives. */
export interface ApplicationHeartbeat {
  /** Whose it is; null: known by its evenness alone. */
  readonly dialect: string | null;
  readonly example: string;
  readonly count: number;
  /** The middle one of the times between two; null of one alone. */
  readonly everyMs: number | null;
}

interface KnownHeartbeat {
  readonly dialect: string;
  readonly seenAs: RegExp;
  /** What the server waits for; absent: nothing. */
  readonly answer?: string;
}

const KNOWN: readonly KnownHeartbeat[] = [
  { dialect: 'Engine.IO', seenAs: /^2$/, answer: '3' },
  { dialect: 'SockJS', seenAs: /^h$/ },
  { dialect: 'STOMP', seenAs: /^\r?\n$/ },
  { dialect: 'SignalR', seenAs: /^\{"type":6\}\u001e$/, answer: '{"type":6}\u001e' },
  { dialect: 'Centrifugo', seenAs: /^\{\}$/, answer: '{}' },
  { dialect: 'Action Cable', seenAs: /^\{"type":"ping","message":\d+\}$/ },
  { dialect: 'graphql-ws (legacy)', seenAs: /^\{"type":"ka"/ },
  { dialect: 'graphql-transport-ws', seenAs: /^\{"type":"ping"/, answer: '{"type":"pong"}' },
  { dialect: 'Pusher', seenAs: /"event":"pusher:ping"/, answer: '{"event":"pusher:pong","data":{}}' },
  { dialect: 'Twitch EventSub', seenAs: /"message_type":"session_keepalive"/ },
];

const MAX_CHARACTERS = 256;
const LEAST_COUNT = 3;
/** How far a time between two may be from the middle one. */
const EVENNESS = 0.35;

/** What a client of the dialect answers to a heartbeat; null: nothing, or it is none that is known. */
export function heartbeatAnswer(text: string): string | null {
  return KNOWN.find(({ seenAs }) => seenAs.test(text))?.answer ?? null;
}

/** The heartbeat among messages: one that is known, else what comes again and again at an even pace, but for its digits the same. */
export function recogniseHeartbeat(heard: readonly HeardText[]): ApplicationHeartbeat | null {
  const short = heard.filter(({ text }) => text.length <= MAX_CHARACTERS);
  for (const { dialect, seenAs } of KNOWN) {
    const beats = short.filter(({ text }) => seenAs.test(text));
    const [first] = beats;
    if (first) return { dialect, example: first.text, count: beats.length, everyMs: paceOf(beats)?.everyMs ?? null };
  }
  return evenOnes(short);
}

function evenOnes(heard: readonly HeardText[]): ApplicationHeartbeat | null {
  const shapes = new Map<string, HeardText[]>();
  for (const one of heard) {
    const shape = one.text.replace(/\d+/g, '0');
    const beats = shapes.get(shape) ?? [];
    beats.push(one);
    shapes.set(shape, beats);
  }
  const found = [...shapes.values()].flatMap((beats): ApplicationHeartbeat[] => {
    const pace = beats.length >= LEAST_COUNT ? paceOf(beats) : null;
    if (!pace?.isEven) return [];
    return [{ dialect: null, example: beats[0]?.text ?? '', count: beats.length, everyMs: pace.everyMs }];
  });
  return found.sort((a, b) => b.count - a.count)[0] ?? null;
}

function paceOf(beats: readonly HeardText[]): { readonly everyMs: number; readonly isEven: boolean } | null {
  const everyMs = middleGap(beats.map(({ atMs }) => atMs));
  if (everyMs === null || everyMs <= 0) return null;
  const gaps = beats.slice(1).map(({ atMs }, index) => atMs - (beats[index]?.atMs ?? atMs));
  return { everyMs, isEven: gaps.every((gap) => Math.abs(gap - everyMs) <= everyMs * EVENNESS) };
}

/** The middle one of the times between two moments; null of fewer than two. */
export function middleGap(momentsMs: readonly number[]): number | null {
  const gaps = momentsMs.slice(1).map((atMs, index) => atMs - (momentsMs[index] ?? atMs));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null;
}
