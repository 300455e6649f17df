import { outcomeRules } from './chart-data.ts';
import { chartRules } from './svg.ts';

/** Backgrounds and texts of both themes; texts have a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3). */
export const lightColours = `--paper:#ffffff;--panel:#f6f7f9;--ink:#16202b;--quiet:#55606d;--grid:#dfe3e8;--shade:#f3e3d3;--edge:#d4d9df;--broken:#b03c08;--well:#0b62a4;--unknown:#6b5200`;
export const darkColours = `--paper:#12171d;--panel:#1b222a;--ink:#e8edf2;--quiet:#a5b0bc;--grid:#313b46;--shade:#3a2f22;--edge:#37414c;--broken:#ff9161;--well:#74b9ff;--unknown:#f2c45a`;

/** The style sheet of the report. */
export const pageStyle = `
:root{color-scheme:light dark;${lightColours}}
@media (prefers-color-scheme:dark){:root{${darkColours}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.7rem;line-height:1.25;margin:.2em 0 .3em}
h2{font-size:1.4rem;line-height:1.3;margin:0 0 .3em}
h3{font-size:1.15rem;margin:2.4em 0 .5em;padding-top:.8em;border-top:1px solid var(--edge)}
h4{font-size:1rem;margin:1.6em 0 .4em}
p{margin:.4em 0}
a{color:var(--well)}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{background:var(--panel);border:1px solid var(--edge);border-radius:6px;padding:12px 14px;overflow-x:auto}
.quiet,caption,summary{color:var(--quiet)}
.quiet,caption{font-size:.9rem}
.note{border-left:4px solid var(--unknown);background:var(--panel);padding:8px 12px}
section{margin-top:40px;padding-top:24px;border-top:3px solid var(--ink)}
.outcome{margin-left:.5em;padding:2px 9px;border:1px solid currentColor;border-radius:99px;font-size:.85rem;font-weight:600;color:var(--unknown)}
.outcome.as-declared{color:var(--well)}
.outcome.not-as-declared{color:var(--broken)}
.lessons{display:flex;flex-wrap:wrap;gap:6px 36px;margin:16px 0;font-size:1.05rem}
.lessons dt{color:var(--quiet);font-size:.9rem}
.lessons dd{margin:0;font-weight:650}
.cards{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(236px,1fr));gap:14px}
.card{background:var(--panel);border:1px solid var(--edge);border-top:5px solid var(--tone);border-radius:6px;padding:12px 14px;min-width:0}
.broken{--tone:var(--broken)}.well{--tone:var(--well)}.unknown{--tone:var(--unknown)}
.card h4{margin:0;font-size:1.02rem}
.card p{overflow-wrap:anywhere;font-size:.95rem}
.card .quiet{font-size:.88rem}
.role{font-size:.8rem;font-weight:400;color:var(--quiet);white-space:nowrap}
.verdict{font-size:1.2rem!important;font-weight:750;color:var(--tone);line-height:1.25;margin:.3em 0 .5em}
.verdict span{display:block;font-size:.95rem;font-weight:500}
.big{font-size:1.7rem;font-weight:750;line-height:1.1;white-space:nowrap}
.mark{color:var(--quiet);font-size:.88rem!important}
.mark.wrong{color:var(--broken);font-weight:700}
.open{margin:.2em 0;padding-left:1.1em;font-size:.88rem}
.scroll{overflow-x:auto;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:0 0 6px}
caption span{display:block;position:sticky;left:0;max-width:min(100%,calc(100vw - 40px))}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid var(--edge)}
th[scope=row]{font-weight:600}
thead th{font-size:.82rem;font-weight:600;color:var(--quiet);vertical-align:bottom}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
figure{margin:18px 0 26px;min-width:0}
figcaption{margin-bottom:22px}
.plot .chart{display:block;padding-left:66px;box-sizing:border-box}
.readout{font-size:.85rem;font-variant-numeric:tabular-nums;color:var(--quiet);min-height:1.5em;margin:2px 0 0}
summary{cursor:pointer;font-size:.9rem;padding:3px 0}
figure summary{font-size:.82rem}
.more{margin:12px 0}
.more>summary{font-size:1rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:0 36px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 22px;margin:10px 0;padding:0;font-size:.92rem}
.swatch{vertical-align:middle;overflow:visible}
.swatch .trace{stroke:var(--line)}
.box{display:inline-block;width:14px;height:14px;vertical-align:-2px;background:var(--line)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:8px 28px;margin:12px 0}
.facts dt{font-size:.82rem;color:var(--quiet)}
.facts dd{margin:0;overflow-wrap:anywhere}
.plain{list-style:none;margin:0;padding:0}
:focus-visible{outline:2px solid var(--well);outline-offset:2px}
@media (max-width:620px){main{padding:16px 14px 48px}h1{font-size:1.35rem}.chart .direct{display:none}.plot .chart{padding-left:54px}}
@media print{details:not([open])>*{display:none}}
${chartRules}
${outcomeRules('light')}
@media (prefers-color-scheme:dark){${outcomeRules('dark')}}
`;
