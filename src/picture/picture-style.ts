// The look of pictures: plain colours and no variables, which not every program that draws SVG knows. Dark where the reader's screen is; on
// paper always light. What colours say, dashes, outlines and words say too.

export const PICTURE_STYLE = `
.bg{fill:#fff}.t{fill:#1b1f24;font:13px system-ui,"DejaVu Sans",sans-serif}.h{font-size:17px;font-weight:600}.s{font-size:11px;fill:#57606a}
.n rect{fill:#f6f8fa;stroke:#6e7781;stroke-width:1}.n.peer rect{fill:#eef1f4;stroke:#8c959f}.n.stretch rect{stroke-dasharray:2 2}
.n.own rect{fill:#e3f4e7;stroke:#1a7f37;stroke-width:2}.n.bad rect{fill:#ffebe9;stroke:#b4232c;stroke-width:3}
.n.own .s{fill:#116329}.n.bad .s{fill:#8f1d24;font-weight:600}.n:focus{outline:2px solid #0969da}
.before{fill:none;stroke:#0969da;stroke-dasharray:7 4}.after{fill:none;stroke:#b4232c}
.axis{stroke:#8c959f;stroke-width:1;fill:none}.curve{fill:none;stroke:#b4232c;stroke-width:2}.area{fill:#b4232c;fill-opacity:.12}.when{stroke:#57606a;stroke-dasharray:3 3}
@media screen and (prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.s{fill:#9aa4af}.n rect{fill:#161b22;stroke:#7d8590}
.n.peer rect{fill:#21262d}.n.own rect{fill:#12261a;stroke:#3fb950}.n.bad rect{fill:#3a1518;stroke:#ff7b72}.n.own .s{fill:#7ee787}.n.bad .s{fill:#ffa198}
.before{stroke:#58a6ff}.after,.curve{stroke:#ff7b72}.area{fill:#ff7b72}.when{stroke:#9aa4af}}
`.trim();
