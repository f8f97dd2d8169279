/** What decoders make of a message; undefined where they do not read it. */
export type DecodeContent = (message: { readonly binary: boolean; readonly bytes: Uint8Array }) => unknown;
