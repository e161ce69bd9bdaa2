"""A picture of the results: a bar for each row, of its ratio to the part's reference.  SVG."""

from xml.sax.saxutils import escape

WIDTH, LABELS, BAR, GAP, HEADING = 760, 300, 14, 6, 30
# A bar that would be longer ends in an arrow.
MOST = 4.0
FONT = 'font-family="sans-serif" font-size="12"'
# Figures of which less is better are drawn in another colour.
COLOURS = {"throughput": "#3584e4", "cpu": "#e66100", "rtt-p50": "#813d9c"}
WORDS = {
    "throughput": "throughput, more is better",
    "cpu": "processor time of a packet, less is better",
    "rtt-p50": "round trip, less is better",
}


def place(ratio):
    return LABELS + min(ratio, MOST) / MOST * (WIDTH - LABELS - 70)


def draw_bar(y, label, ratio, colour):
    end = place(ratio)
    bar = f'<rect x="{LABELS}" y="{y}" width="{end - LABELS:.1f}" height="{BAR}" fill="{colour}"/>'
    if ratio > MOST:
        bar += (f'<path d="M{end:.1f} {y} l{BAR / 2} {BAR / 2} l-{BAR / 2} {BAR / 2} z"'
                f' fill="{colour}"/>')
    return [
        f'<text x="{LABELS - 8}" y="{y + BAR - 3}" text-anchor="end">{escape(label)}</text>',
        bar,
        f'<text x="{end + 12:.1f}" y="{y + BAR - 3}">{ratio:.2f}</text>',
    ]


def draw_figure(y, summary, name):
    """The rows of one figure from `y` on; returns where the next one begins."""
    bars = [f'<text x="{LABELS}" y="{y + 14}" font-weight="bold">{WORDS[name]}</text>']
    top = y = y + HEADING
    for label, row in summary["rows"].items():
        ratio = row.get(name, {}).get("ratio")
        if ratio is None or label == summary["reference"]:
            continue
        bars += draw_bar(y, label, ratio, COLOURS[name])
        y += BAR + GAP
    line = place(1)
    bars.append(f'<path d="M{line:.1f} {top - 4} V{y}" stroke="#555"'
                ' stroke-dasharray="3 3"/>')
    return y + GAP, bars


def draw_part(y, summary):
    title = f"{summary['title']}, to {summary['reference']}"
    lines = [f'<text x="8" y="{y + 20}" font-size="15" font-weight="bold">{escape(title)}</text>']
    y += HEADING
    for name in WORDS:
        if any(row.get(name, {}).get("ratio") for row in summary["rows"].values()):
            y, bars = draw_figure(y, summary, name)
            lines += bars
    return y + HEADING, lines


def draw(host, summaries):
    """The text of the picture.  `summaries` are those of parts that have these figures."""
    y, lines = 0, []
    for summary in summaries:
        y, more = draw_part(y, summary)
        lines += more
    told = "Medians of {runs} run(s), {date}, Linux {kernel}, {processors} x {processor}"
    lines.append(f'<text x="8" y="{y}" fill="#777">{escape(told.format(**host))}</text>')
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 12}" {FONT}>',
        f'<rect width="{WIDTH}" height="{y + 12}" fill="white"/>',
        *lines,
        "</svg>",
        "",
    ])


def has_ratios(summary):
    return bool(summary["reference"]) and any(
        row.get(name, {}).get("ratio") for row in summary["rows"].values() for name in WORDS)
