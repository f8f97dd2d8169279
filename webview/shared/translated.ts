type Bundle = Readonly<Record<string, string>>;

/** The element in which the host leaves the words of the editor's language. */
const ELEMENT = 'l10n';

let ofPage: Bundle | null = null;

/** Words in the language of the editor: each text that the bundle knows is replaced, the rest stay English. */
export function translated<Words extends object>(words: Words, bundle: Bundle = bundleOfPage()): Words {
  const entries = Object.entries(words as Record<string, unknown>).map(([name, value]) => {
    if (typeof value === 'string') return [name, Object.hasOwn(bundle, value) ? bundle[value] : value];
    return [name, typeof value === 'object' && value !== null ? translated(value, bundle) : value];
  });
  return Object.fromEntries(entries) as Words;
}

function bundleOfPage(): Bundle {
  ofPage ??= read();
  return ofPage;
}

/** Texts alone, whatever a language pack holds. */
function read(): Bundle {
  const text = typeof document === 'undefined' ? null : document.getElementById(ELEMENT)?.textContent;
  const given = JSON.parse(text || '{}') as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
