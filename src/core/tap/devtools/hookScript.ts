/** How long a hook works on without hearing of us: what is attached says so every few seconds. */
const LEASE_MS = 15_000;
/** Told by one program in a second; what is more is counted. */
const MAX_PER_SECOND = 5_000;
/** Characters, or bytes, of one message. */
const MAX_PAYLOAD = 1024 * 1024;

export interface HookOptions {
  /** Of the binding that it tells by; nobody can guess it. */
  readonly name: string;
  /** Messages too, also those of the `ws` package: for Node, whose DevTools tell none. Else close codes alone. */
  readonly frames: boolean;
}

/**
 * What is evaluated in the program that is looked at. It wraps the global `WebSocket` (and in Node the `ws` that is loaded),
 * swallows every error of its own, and takes itself away when it is told to or hears nothing of us any more.
 */
export function hookScript({ name, frames }: HookOptions): string {
  return `(${HOOK})(${JSON.stringify(name)}, ${frames}, ${LEASE_MS}, ${MAX_PER_SECOND}, ${MAX_PAYLOAD})`;
}

/** Tells the hook that somebody still listens; it looks for a \`ws\` that was loaded since. */
export function stayScript(name: string): string {
  return `globalThis[${JSON.stringify(`${name}_`)}]?.stay()`;
}

export function unhookScript(name: string): string {
  return `globalThis[${JSON.stringify(`${name}_`)}]?.off()`;
}

/** A text, not a function: a bundler must not rewrite what other engines read. */
const HOOK = String.raw`function (name, frames, leaseMs, maxPerSecond, maxPayload) {
  'use strict';
  const global = globalThis;
  const send = global[name];
  const state = name + '_';
  if (typeof send !== 'function' || global[state]) return;
  const { stringify } = JSON;
  const { now } = Date;
  const { construct, apply } = Reflect;
  const numbers = new WeakMap();
  const queues = new WeakMap();
  const patched = new WeakSet();
  const undo = [];
  let next = 1;
  let seen = now();
  let second = 0;
  let told = 0;
  let lost = 0;
  let asked = null;

  const end = () => {
    delete global[state];
    for (const each of undo.splice(0).reverse()) try { each(); } catch {}
  };
  const say = (message) => {
    try {
      if (!global[state]) return;
      if (now() - seen > leaseMs) return end();
      const at = Math.floor(now() / 1000);
      if (at !== second) {
        second = at;
        told = 0;
        if (lost > 0) send(stringify({ t: 'lost', n: lost }));
        lost = 0;
      }
      if (++told > maxPerSecond && message.t === 'msg') lost++;
      else send(stringify(message));
    } catch {}
  };
  const quietly = (act) => (...args) => {
    try { return act(...args); } catch {}
  };

  const base64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const bytesOf = (data) => {
    if (Array.isArray(data)) return Buffer.concat(data);
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return null;
  };
  const tell = (socket, sent, data, binary) => {
    const at = { t: 'msg', s: numbers.get(socket), d: sent ? 1 : 0 };
    if (typeof data === 'string') {
      const n = Buffer.byteLength(data);
      say({ ...at, b: 0, n, p: data.slice(0, maxPayload) });
      return;
    }
    const bytes = bytesOf(data);
    if (bytes) say({ ...at, b: binary ? 1 : 2, n: bytes.byteLength, p: base64(bytes.subarray(0, maxPayload)) });
  };
  // A Blob is read later: what comes after it waits, so that the order stays.
  const tellInOrder = (socket, sent, data) => {
    const queue = queues.get(socket);
    const isBlob = typeof Blob === 'function' && data instanceof Blob;
    if (!queue && !isBlob) return tell(socket, sent, data, true);
    const read = isBlob ? data.slice(0, maxPayload).arrayBuffer() : data;
    const whole = (queue || Promise.resolve()).then(() => read).then((value) => tell(socket, sent, value, true)).catch(() => {});
    queues.set(socket, whole);
    whole.then(() => { if (queues.get(socket) === whole) queues.delete(socket); });
  };

  const replace = (object, key, make) => {
    const before = Object.getOwnPropertyDescriptor(object, key);
    if (!before || !before.configurable) return;
    const value = make(object[key]);
    Object.defineProperty(object, key, { configurable: true, writable: true, enumerable: before.enumerable, value });
    undo.push(() => {
      if (object[key] === value) Object.defineProperty(object, key, before);
    });
  };

  const watch = quietly((socket) => {
    const s = next++;
    numbers.set(socket, s);
    say({ t: 'new', s, u: String(socket.url).slice(0, 8192) });
    const on = (type, act) => socket.addEventListener(type, quietly(act));
    on('close', (event) => {
      const close = () => say({ t: 'close', s, c: event.code, r: String(event.reason).slice(0, 200), w: event.wasClean === true });
      const queue = queues.get(socket);
      if (queue) queue.then(close);
      else close();
    });
    if (!frames) return;
    on('open', () => say({ t: 'open', s, pr: String(socket.protocol).slice(0, 200) }));
    on('error', (event) => say({ t: 'err', s, e: String(event.message || '').slice(0, 500) }));
    on('message', (event) => tellInOrder(socket, false, event.data));
  });
  if (typeof global.WebSocket === 'function') {
    replace(global, 'WebSocket', (Native) => {
      if (frames) {
        replace(Native.prototype, 'send', (native) => function send(data) {
          const result = apply(native, this, arguments);
          if (numbers.has(this)) quietly(tellInOrder)(this, true, data);
          return result;
        });
      }
      const Wrapped = new Proxy(Native, {
        construct(target, args, newTarget) {
          const socket = construct(target, args, newTarget === Wrapped ? target : newTarget);
          watch(socket);
          return socket;
        },
      });
      return Wrapped;
    });
  }

  // The package: sockets of a client, and those that a server has accepted.
  const see = (socket, fresh) => {
    let s = numbers.get(socket);
    if (s !== undefined) return s;
    s = next++;
    numbers.set(socket, s);
    const server = socket._isServer === true;
    const request = server ? asked : null;
    const { remoteAddress, remotePort } = socket._socket || (request && request.socket) || {};
    const url = request ? 'ws://' + (request.headers.host || '') + request.url : server ? '' : String(socket.url || '');
    say({
      t: 'new', s, u: url.slice(0, 8192), k: server ? 'server' : 'client',
      f: fresh ? 1 : 0,
      a: remoteAddress ? remoteAddress + ':' + remotePort : '',
      h: request ? request.rawHeaders.slice(0, 200).map((text) => String(text).slice(0, 8192)) : [],
      pr: fresh ? '' : String(socket.protocol || '').slice(0, 200),
    });
    return s;
  };
  const onEvent = quietly((socket, event, args) => {
    const s = see(socket, event === 'open' || socket.readyState === 0);
    if (event === 'open') say({ t: 'open', s, pr: String(socket.protocol || '').slice(0, 200) });
    else if (event === 'message') tell(socket, false, args[0], args[1] !== false && typeof args[0] !== 'string');
    else if (event === 'error') say({ t: 'err', s, e: String((args[0] && args[0].message) || '').slice(0, 500) });
    else if (event === 'close') {
      say({ t: 'close', s, c: args[0], r: String(args[1] || '').slice(0, 200), w: socket._closeFrameReceived === true && socket._closeFrameSent === true });
    }
  });
  const TOLD = new Set(['open', 'message', 'error', 'close']);
  const patchSocket = (Socket) => {
    const { prototype } = Socket;
    replace(prototype, 'send', (native) => function send(data, options) {
      const isOpen = this.readyState === 1;
      const result = apply(native, this, arguments);
      if (isOpen) quietly(() => {
        see(this, false);
        const binary = options && typeof options === 'object' && options.binary !== undefined ? options.binary : typeof data !== 'string';
        tell(this, true, typeof data === 'number' ? String(data) : data, binary);
      })();
      return result;
    });
    replace(prototype, 'setSocket', (native) => function setSocket() {
      quietly(see)(this, true);
      const result = apply(native, this, arguments);
      if (this._isServer) quietly(() => say({ t: 'open', s: numbers.get(this), pr: String(this.protocol || '').slice(0, 200) }))();
      return result;
    });
    const inherited = prototype.emit;
    const emit = function emit(event, ...args) {
      if (TOLD.has(event)) onEvent(this, event, args);
      return apply(inherited, this, arguments);
    };
    prototype.emit = emit;
    undo.push(() => { if (prototype.emit === emit) delete prototype.emit; });
  };
  const patchServer = (Server) => replace(Server.prototype, 'completeUpgrade', (native) => function completeUpgrade(extensions, key, protocols, request) {
    asked = request && request.headers ? request : null;
    try { return apply(native, this, arguments); } finally { asked = null; }
  });
  const look = quietly(() => {
    if (!frames || typeof process !== 'object') return;
    const load = process.getBuiltinModule || (process.mainModule && ((id) => process.mainModule.require(id)));
    const loaded = load ? load('module')._cache : typeof require === 'function' ? require.cache : {};
    for (const file of Object.keys(loaded)) {
      const found = /[\\/]ws[\\/]lib[\\/](websocket|websocket-server)\.js$/.exec(file);
      const exported = found && loaded[file] && loaded[file].exports;
      if (typeof exported !== 'function' || !exported.prototype || patched.has(exported)) continue;
      patched.add(exported);
      if (found[1] === 'websocket') patchSocket(exported);
      else patchServer(exported);
    }
  });

  Object.defineProperty(global, state, {
    configurable: true,
    value: { stay: () => { seen = now(); look(); }, off: end },
  });
  look();
}`;
