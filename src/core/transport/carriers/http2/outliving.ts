import { executionAsyncResource } from 'node:async_hooks';
import type { ClientHttp2Stream } from 'node:http2';

/**
 * Node aborts the whole process (`Assertion failed: (current_nghttp2_memory_) == (0)`, nodejs/node issue 39844) when it collects the
 * native half of an HTTP/2 session before that of a stream which still has fields of a header it refused: any peer can bring that
 * about. So the one is held until the other has gone.
 */
const held = new FinalizationRegistry<object>(() => {});

/** The native half of a session, while an event is emitted that it brought itself (such as its SETTINGS). */
export const nativeSession: () => object = executionAsyncResource;

/** `native` stays as long as `stream` does. */
export function outlive(stream: ClientHttp2Stream, native: object): void {
  held.register(stream, native);
}
