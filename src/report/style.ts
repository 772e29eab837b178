/**
 * The page's style sheet. Colours are variables with a light and a dark value; series and outcome colours keep
 * apart under the common forms of colour blindness (after Okabe and Ito 2008), and no meaning rests on colour
 * alone. Below 700 px tables turn into one block a row and texts stand one under the other.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1d2126; --soft: #57606a; --line: #e2e4e7; --sunk: #eff1f3;
  --from: #fdebc8; --from-edge: #b97800; --to: #ded8fb; --to-edge: #5b3fc4;
  --flipped: #d55e00; --undecided: #9aa4ae; --held: #009e73; --flipped-ink: #9c3e00; --held-ink: #00684c;
  --series-0: #737d89; --series-1: #0072b2; --series-2: #aa4499; --series-3: #8f6b00; --series-4: #3b9ccf; --series-5: #332288;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f23; --ink: #e6e8ea; --soft: #9aa4ae; --line: #30363c; --sunk: #252a2f;
    --from: #4a3710; --from-edge: #e6a632; --to: #372d6b; --to-edge: #a899f7;
    --flipped: #e8762b; --undecided: #737d89; --held: #2bb58c; --flipped-ink: #ff9d5c; --held-ink: #4fd3ab;
    --series-0: #98a2ad; --series-1: #56b4e9; --series-2: #e08fcf; --series-3: #e6b422; --series-4: #7fd0c7; --series-5: #a79df0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
main, header.page, footer.page { max-width: 1080px; margin: 0 auto; padding: 0 24px; }
header.page { padding-top: 40px; padding-bottom: 14px; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 24px; }
nav { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: .86rem; color: var(--soft); }
nav a:not(:hover) { text-decoration: none; }
h1 { font-size: 1rem; font-weight: 600; color: var(--soft); margin: 0; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 8px; font-weight: 650; }
h3 { font-size: 1rem; margin: 28px 0 8px; font-weight: 650; }
.headline { font-size: clamp(1.5rem, 3.4vw, 2.15rem); letter-spacing: -0.015em; font-weight: 600; max-width: 46ch; margin-top: 10px; text-wrap: balance; }
.headline strong { font-weight: 750; white-space: nowrap; }
section { margin: 0 0 64px; }
p { margin: 0 0 12px; }
.quiet, .interval, .verdict, .facts, .key, footer.page { color: var(--soft); }
.quiet { font-size: .92rem; font-weight: 400; max-width: 75ch; }
.warning { max-width: 75ch; padding: 10px 14px; border-left: 3px solid currentColor; }
.verdict { max-width: 68ch; margin-bottom: 28px; }
a { color: inherit; text-underline-offset: 2px; }
code, pre { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--sunk); padding: 14px 16px; border-radius: 8px; overflow-x: auto; white-space: pre-wrap; margin: 8px 0; }
summary { cursor: pointer; padding: 4px 0; }
.bars { margin: 20px 0 12px; }
.bar { display: grid; grid-template-columns: minmax(90px, 170px) 1fr 148px; gap: 4px 16px; align-items: center; margin: 10px 0; }
.bar-name { font-weight: 600; }
.bar-value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar-value span { color: var(--soft); font-size: .9rem; }
.track { position: relative; height: 26px; background: var(--sunk); border-radius: 4px; overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; left: 0; border-radius: 4px 0 0 4px; background: var(--series); }
.track .before { opacity: .3; }
.track .whisker { top: 12px; bottom: auto; height: 2px; background: var(--ink); border-radius: 0; box-shadow: 0 0 0 1.5px var(--card); }
.key { font-size: .88rem; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
.swatch { display: inline-block; width: 14px; height: 14px; border-radius: 3px; background: var(--soft); margin-left: 10px; }
.swatch:first-child { margin-left: 0; }
.swatch.pale { opacity: .35; } .swatch.line { height: 2px; background: var(--ink); } .swatch.flipped { background: var(--flipped); } .swatch.undecided { background: var(--undecided); } .swatch.held { background: var(--held); }
.key span { margin-right: 14px; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; background: var(--series); margin-right: 8px; }
.sample { width: 26px; height: 4px; margin-right: 6px; vertical-align: middle; fill: none; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: 20px 0 12px; }
th, td { text-align: right; padding: 9px 12px; border-bottom: 1px solid var(--line); vertical-align: baseline; font-weight: 400; }
thead th { color: var(--soft); font-size: .86rem; overflow-wrap: break-word; }
tr > :first-child { text-align: left; padding-left: 0; }
tr > :last-child { padding-right: 0; }
tbody th { font-weight: 600; }
td b { font-weight: 600; white-space: nowrap; }
.interval { font-size: .82rem; white-space: nowrap; }
.number { white-space: nowrap; }
.results td .interval { display: block; }
.slices td .interval { display: inline; margin-left: 6px; }
.paper { display: block; font-size: .82rem; color: var(--soft); white-space: nowrap; }
.grid td b { font-weight: 450; }
.grid td b.best { font-weight: 750; text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px; }
.grid tr.first { border-top: 2px solid var(--soft); }
.wish { opacity: .7; }
.meter { display: block; height: 4px; margin-top: 5px; border-radius: 2px; background: linear-gradient(to right, var(--series) var(--width), var(--sunk) 0); }
.slices td, .slices thead th { text-align: left; vertical-align: top; }
.slices thead th { overflow-wrap: anywhere; min-width: 7ch; }
.slices td { width: 30%; }
.slices th .quiet { display: block; font-size: .82rem; }
.options td, .options thead th { text-align: left; }
.plain td, .plain th { text-align: left; font-weight: 400; }
.notes { font-size: .88rem; color: var(--soft); padding-left: 18px; margin: 8px 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 28px 36px; margin-top: 20px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; font-size: .92rem; margin-bottom: 6px; }
.chart { color: var(--soft); }
.chart svg { display: block; max-width: 100%; height: auto; }
.chart.narrow { display: none; }
.filter { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: center; margin: 16px 0; font-size: .92rem; color: var(--soft); }
:root:not(.scripted) .by-script { display: none; }
.filter select, .filter input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 8px; max-width: 100%; }
.example { content-visibility: auto; contain-intrinsic-size: auto 190px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px 8px; margin: 14px 0; }
.example[hidden], .work[hidden] { display: none; }
.texts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); gap: 12px 32px; }
.text h3, .text h2 { margin: 0 0 6px; font-size: .92rem; }
.text h3 .badge, .text h3 .quiet { margin-left: 4px; white-space: nowrap; }
.text p { margin: 0 0 8px; }
mark { color: var(--ink); border-radius: 3px; padding: 1px 2px; }
mark.from { background: var(--from); box-shadow: inset 0 -2px var(--from-edge); }
mark.to { background: var(--to); box-shadow: inset 0 -2px var(--to-edge); font-weight: 600; }
.badge { font-weight: 600; font-size: .84rem; color: var(--soft); }
.badge.success { color: var(--flipped-ink); } .badge.failed { color: var(--held-ink); }
.replay { font-size: .84rem; } .replay button { padding: 2px 10px; }
.facts { font-size: .84rem; }
.facts span { white-space: nowrap; margin-right: 10px; }
.gauge { display: inline-block; position: relative; width: 64px; height: 8px; border-radius: 4px; background: var(--sunk); overflow: hidden; margin-left: 4px; }
.gauge i { position: absolute; left: 0; top: 0; bottom: 0; background: var(--series); } .gauge .before { opacity: .35; }
.questions fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 10px 0; padding: 6px 14px 10px; display: flex; flex-wrap: wrap; gap: 4px 22px; }
.questions legend { padding: 0 4px; } .questions .asked { border-color: var(--to-edge); box-shadow: 0 0 0 1px var(--to-edge); } .questions .asked legend { font-weight: 650; }
.actions { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; }
button, .actions input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 6px; padding: 5px 12px; }
button { cursor: pointer; } button:disabled { color: var(--soft); cursor: default; }
kbd { font: .8rem ui-monospace, Menlo, Consolas, monospace; border: 1px solid var(--soft); border-radius: 4px; padding: 0 5px; }
progress { width: 180px; accent-color: var(--to-edge); vertical-align: middle; }
:focus-visible { outline: 2px solid var(--to-edge); outline-offset: 2px; }
.context { border-bottom: 1px solid var(--line); padding-bottom: 10px; }
footer.page { padding-bottom: 48px; font-size: .84rem; }
@media (max-width: 700px) {
  main, header.page, footer.page { padding-left: 16px; padding-right: 16px; }
  header.page { padding-top: 24px; } nav { display: none; }
  section { margin-bottom: 48px; }
  .bar { grid-template-columns: 1fr auto; } .track { grid-column: 1 / -1; grid-row: 2; }
  .results thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .results, .results tbody, .results tr, .results td, .results th { display: block; padding: 0; border: 0; text-align: left; }
  .results tr { border-bottom: 1px solid var(--line); padding: 12px 0; }
  .results tbody th { margin-bottom: 4px; }
  .results td { display: grid; grid-template-columns: 1fr auto 112px; gap: 2px 10px; padding: 2px 0; align-items: baseline; }
  .results td::before { content: attr(data-head); color: var(--soft); font-size: .9rem; }
  .results td .interval { text-align: right; margin: 0; }
  .results td .paper { grid-column: 2 / -1; text-align: right; }
  .slices td { width: auto; }
  .results.options td { grid-template-columns: 1fr 1fr; }
  .meter { grid-column: 1 / -1; margin: 2px 0 6px; }
  .plain td, .plain th { display: block; border: 0; padding: 2px 0; } .plain tr { display: block; border-bottom: 1px solid var(--line); padding: 6px 0; }
  .chart.wide { display: none; } .chart.narrow { display: block; }
  .example { content-visibility: auto; contain-intrinsic-size: auto 190px; padding: 14px 14px 6px; }
}
@media print { .filter, nav { display: none; } .example, figure { break-inside: avoid; } details > * { display: block; } }
`;
