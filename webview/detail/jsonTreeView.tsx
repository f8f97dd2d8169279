import { useMemo, useRef, useState } from 'preact/hooks';
import { type MenuGroup, MenuList } from '../session/menu.js';
import { icon } from '../shared/icons.js';
import { isMenuKey, type MenuAt, menuBelow, stepOf } from '../shared/keys.js';
import { Foreign } from '../shared/foreign.js';
import { type JsonLine, jsonLines, MAX_VALUE, toggled, UNTOUCHED, withMore } from './jsonLines.js';
import { detailWords } from './strings.js';

const PREVIEW = 120;

export interface JsonTreeProps {
  readonly text: string;
  readonly label: string;
  /** What can be done with a value; it stands as it was received. */
  readonly menuOf: (path: string, value: string) => readonly MenuGroup[];
}

/** A JSON text as an ARIA tree with one tab stop: arrow keys walk, open and close. */
export function JsonTreeView({ text, label, menuOf }: JsonTreeProps) {
  const [opening, setOpening] = useState(UNTOUCHED);
  const [at, setAt] = useState(0);
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => jsonLines(text, opening), [text, opening]);
  const current = Math.min(at, lines.length - 1);

  const go = (index: number) => {
    const next = Math.max(0, Math.min(lines.length - 1, index));
    setAt(next);
    tree.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const press = (line: JsonLine) => {
    if (!line.node) setOpening(withMore(opening, Number(line.id.slice('more-'.length))));
    else if (line.expandable) setOpening(toggled(opening, line.node.start));
  };
  const parentOf = (index: number) => {
    const depth = lines[index]?.depth ?? 0;
    let parent = index - 1;
    while (parent > 0 && (lines[parent]?.depth ?? 0) >= depth) parent--;
    return parent;
  };
  const pathOf = (index: number): string => {
    const { depth, key } = lines[index]!;
    // A key stands in its quotes.
    return depth > 0
      ? pathOf(parentOf(index)) + (/^"([a-z_]\w*)"$/i.exec(key!)?.[1]?.replace(/^/, '.') ?? `[${key}]`)
      : '$';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[current];
    if (!line) return;
    const to = stepOf(event.key, current, lines.length);
    if (isMenuKey(event)) setMenu(menuBelow(tree.current!.children[current]!));
    else if (to !== null) go(to);
    else if (event.key === 'ArrowRight' && line.expandable && !line.open) press(line);
    else if (event.key === 'ArrowRight' && line.open) go(current + 1);
    else if (event.key === 'ArrowLeft' && line.open) press(line);
    else if (event.key === 'ArrowLeft' && line.depth > 0) go(parentOf(current));
    else if (event.key === 'Enter' || event.key === ' ') press(line);
    else return;
    event.preventDefault();
  };
  const focused = lines[current];
  return (
    <>
      <div
        ref={tree}
        class="json-tree"
        role="tree"
        tabIndex={0}
        aria-label={label}
        {...(focused ? { 'aria-activedescendant': `json-${focused.id}` } : {})}
        onKeyDown={onKeyDown}
      >
        {lines.map((line, index) => (
          <div
            key={line.id}
            id={`json-${line.id}`}
            role="treeitem"
            class={`json-line${index === current ? ' current' : ''}${line.expandable && !line.open ? ' folded' : ''}`}
            aria-level={line.depth + 1}
            aria-selected={index === current}
            {...(line.expandable ? { 'aria-expanded': line.open } : {})}
            style={{ paddingInlineStart: `${Math.min(line.depth, 40) * 14}px` }}
            onClick={() => {
              setAt(index);
              press(line);
            }}
            onContextMenu={(event) => {
              event.preventDefault();
              setAt(index);
              setMenu(event);
            }}
          >
            <Line line={line} text={text} />
          </div>
        ))}
      </div>
      {menu && focused?.node ? (
        <MenuList
          id="json-menu"
          label={label}
          at={menu}
          groups={menuOf(pathOf(current), text.slice(focused.node.start, focused.node.end))}
          onClose={(refocus) => {
            setMenu(null);
            if (refocus) tree.current?.focus();
          }}
        />
      ) : null}
    </>
  );
}

function Line({ line, text }: { readonly line: JsonLine; readonly text: string }) {
  const { node } = line;
  if (!node) return <span class="link">{detailWords.pane.showMore}</span>;
  const full = text.slice(node.start, Math.min(node.end, node.start + MAX_VALUE));
  const cut = node.end - node.start > MAX_VALUE || !node.complete;
  const bracket = node.kind === 'object' ? '{' : '[';
  return (
    <>
      <span class="json-twist">{line.expandable ? icon('chevron') : null}</span>
      {line.key === null ? null : (
        <>
          <span class="json-key">
            <Foreign text={line.key.slice(0, MAX_VALUE)} />
          </span>
          <span class="json-colon">: </span>
        </>
      )}
      {line.open ? (
        <span class="json-bracket">{bracket}</span>
      ) : line.expandable ? (
        <span class="json-folded">
          <Foreign text={full.slice(0, PREVIEW)} />
          {full.length > PREVIEW || cut ? '…' : null}
        </span>
      ) : (
        <span class={`json-${node.kind}`}>
          <Foreign text={full} />
          {cut ? '…' : null}
        </span>
      )}
    </>
  );
}
