/** The page's only style sheet; its hash stands in the page's policy. */
export const CSS = `
:root { color-scheme: light dark; --ink: #1f2328; --dim: #59636e; --paper: #fff; --raised: #f6f8fa; --line: #d1d9e0;
  --good: #1a7f37; --warn: #8a5a00; --bad: #c4222b; --bar: #0969da; --badPaper: #fff1f0; --goodPaper: #eafbee; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9aa4af; --paper: #0d1117; --raised: #161b22;
  --line: #30363d; --good: #4cc366; --warn: #dda032; --bad: #ff7b72; --bar: #58a6ff; --badPaper: #2d1517; --goodPaper: #10261a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1.25rem 0 .35rem; }
p { margin: .35rem 0; }
a { color: inherit; }
code, pre, .mono { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: .35rem 0; padding: .5rem .65rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; max-height: 24rem; overflow: auto; }
.dim { color: var(--dim); }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.sign { font-weight: 600; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); font-size: .85rem; }
td.time, th.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.name { min-width: min(15rem, 40vw); } td.key { white-space: nowrap; } td.rest { width: 100%; }
details.result { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0; }
details.result > summary { padding: .55rem .8rem; cursor: pointer; display: flex; flex-wrap: wrap; gap: .15rem .75rem; align-items: baseline; }
details.result[open] > summary { border-bottom: 1px solid var(--line); }
details.result > summary .title { font-weight: 600; flex: 1 1 12rem; }
details.result > div { padding: .3rem .8rem .9rem; }
details.more { margin: .75rem 0 0; } details.more > summary { cursor: pointer; color: var(--dim); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
.why { font-weight: 600; font-size: 1.02rem; margin-top: .6rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: .6rem; }
.sides > div { min-width: 0; } .sides .label { font-size: .85rem; color: var(--dim); }
.sides .expected pre { background: var(--goodPaper); } .sides .actual pre { background: var(--badPaper); }
ol.steps { list-style: none; margin: 0; padding: 0; }
ol.steps > li { padding: .3rem 0; border-bottom: 1px solid var(--line); }
ol.steps > li > .head { display: flex; flex-wrap: wrap; gap: .1rem .6rem; }
ol.steps > li.failed { border-left: 3px solid var(--bad); padding-left: .6rem; }
svg.bar { display: block; width: 100%; min-width: 4rem; height: .8rem; margin-top: .3rem; }
svg.bar rect { fill: var(--bar); } svg.bar rect.bad { fill: var(--bad); } svg.bar rect.warn { fill: var(--warn); }
@media (max-width: 34rem) { .optional { display: none; } body { padding: 1rem .7rem 3rem; } }
@media print { details.result { break-inside: avoid; } pre { max-height: none; } }
`;
