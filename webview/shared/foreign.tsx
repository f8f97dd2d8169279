import { visibleParts } from './visibleText.js';

/** Text of a stranger: what would hide or reorder is written out and marked. */
export function Foreign({ text, multiline }: { readonly text: string; readonly multiline?: boolean }) {
  const parts = visibleParts(text, { multiline: multiline ?? false });
  return (
    <span class="foreign">
      {parts.map((part, index) =>
        part.escaped ? (
          <span key={index} class="escaped">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </span>
  );
}
