/** Style of an exported report: the reader's colour scheme decides, print is always light. */
export const reportStyle = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--ground:#fff;--blue:#0969da;--orange:#bc4c00;--green:#1a7f37}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--ground:#0d1117;--blue:#4493f8;--orange:#f0883e;--green:#3fb950}}
body{font:14px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:1180px;margin:0 auto;padding:24px;overflow-wrap:anywhere}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 8px}small,.muted{color:var(--soft);font-weight:normal}
table{border-collapse:collapse;margin:8px 0}th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.verdict{border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:6px;padding:8px 14px;margin:14px 0}.verdict p{margin:2px 0}
.verdict.better{border-left-color:var(--green)}.verdict.worse,.verdict.collapsed{border-left-color:var(--orange)}
.charts{display:flex;flex-wrap:wrap;gap:16px}figure{margin:0;flex:1 1 420px;min-width:0;max-width:580px;box-sizing:border-box;border:1px solid var(--line);border-radius:6px;padding:12px}
figcaption{font-weight:600}svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:.6}.axis{stroke:var(--soft);fill:none}
.now,.before,.was,.mean,.threshold{fill:none;stroke-width:2}.now{stroke:var(--green)}.before{stroke:var(--soft);stroke-dasharray:5 4}
.point{fill:var(--ground);stroke:var(--ink);stroke-width:2}.same{fill:var(--blue);opacity:.6}.different{fill:var(--orange);opacity:.6}
.fold{fill:var(--green);opacity:.55}.was{stroke:var(--orange)}.mean,.threshold{stroke:var(--ink);stroke-width:1.5}.mean{stroke-dasharray:6 4}
.pairs{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:12px}
.pairs li{border:1px solid var(--line);border-radius:6px;padding:8px;font-size:12px;overflow-wrap:anywhere;break-inside:avoid}
.pairs div{display:flex;gap:6px;margin-bottom:6px}.pairs img,.pairs .none{width:80px;height:80px;object-fit:cover;border-radius:4px}
.pairs .none{display:grid;place-items:center;background:var(--line);color:var(--soft)}
`;
