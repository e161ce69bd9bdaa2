"""A picture of the results, SVG: of what most ask for, a bar for each row, on a scale of its own.

It has its own ground, so that it can be read on pages of any colour.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from figures import NOTABLE, number, ratio

WIDTH, MARGIN, COLUMNS, GUTTER = 880, 16, 2, 28
LABELS, BAR, GAP, HEADING, VALUES = 138, 12, 6, 26, 96
FONT = 'font-family="sans-serif" font-size="12" fill="#222"'
COLOURS = {"plain": "#77767b", "libnice": "#e66100", "aioice": "#9141ac", "Fram": "#3584e4"}
LONGER, SHORTER = "longer is better", "shorter is better"


@dataclass
class Group:
    """One figure of one part; `rows`: the row's label -> what is written beside its bar.  The
    first row is that to which the part sets the others in relation."""

    part: str
    figure: str
    title: str
    unit: str
    better: str
    rows: dict
    # What a figure is divided by to have that unit.
    divisor: float = 1.0


PATHS = {
    "plain UDP": "plain UDP",
    "libnice": "libnice",
    "Fram, relayed, 2 services": "Fram, through framd",
    "Fram, direct": "Fram, direct",
    "Fram, direct, batched": "Fram, direct, batches",
}
GROUPS = [
    Group("data", "throughput", "Throughput on one host", "1000 packets/s", LONGER, PATHS, 1e3),
    Group("data", "cpu", "Processor time of a packet", "µs", SHORTER, PATHS),
    Group("data", "rtt-p50", "Round trip on one host", "µs", SHORTER, PATHS),
    Group(
        "lab-connect", "connected:port-restricted-x-port-restricted-25-ms",
        "Connecting, behind two NATs, 25 ms", "ms", SHORTER,
        {
            "libnice, regular": "libnice, regular",
            "libnice, aggressive": "libnice, aggressive",
            "aioice": "aioice",
            "Fram": "Fram",
        },
    ),
    Group(
        "lab-gather", "gathered:one-server-25-ms", "Gathering, behind a NAT, 25 ms", "ms", SHORTER,
        {
            "libnice": "libnice",
            "aioice": "aioice",
            "Fram, first session": "Fram, first session",
            "Fram, second session": "Fram, second session",
        },
    ),
    Group(
        "codec", "accept", "Accepting a connectivity check", "ns", SHORTER,
        {"libnice": "libnice", "Fram": "Fram"},
    ),
    Group(
        "silent", "memory", "Memory of a session, of 1000", "KiB", SHORTER,
        {"libnice, with consent": "libnice", "Fram": "Fram"}, 1024,
    ),
    Group(
        "silent", "cpu", "Consent of 1000 sessions", "% of a processor", SHORTER,
        {"libnice, with consent": "libnice", "Fram": "Fram"},
    ),
]
PARTS = {group.part for group in GROUPS}


def text(x, y, words, more=""):
    return f'<text x="{x:.1f}" y="{y}"{more}>{escape(words)}</text>'


def draw_bar(left, top, label, figure, group, full):
    """`full`: what is as long as a bar can be."""
    begin, room = left + LABELS, (WIDTH - 2 * MARGIN - GUTTER) / COLUMNS - LABELS - VALUES
    long, least, most = (figure[name] / full * room for name in ("median", "least", "most"))
    colour = COLOURS[group.rows[label].replace(",", "").split()[0]]
    middle, base = top + BAR / 2, top + BAR - 2
    told = number(figure["median"] / group.divisor)
    if figure["ratio"] is not None:
        told += f"  × {ratio(figure['ratio'])}"
    return [
        text(begin - 8, base, group.rows[label], ' text-anchor="end"'),
        f'<rect x="{begin:.1f}" y="{top}" width="{max(long, 1):.1f}" height="{BAR}"'
        f' fill="{colour}"/>',
        f'<path d="M{begin + least:.1f} {middle} H{begin + most:.1f}" stroke="#222"/>',
        text(begin + most + 8, base, told, ' xml:space="preserve"'),
    ]


def of_one_speed(figure, reference):
    """What was measured in turns with the reference was so at the speed that the machine had then:
    it is drawn as if it had been as fast as when the reference had a row of its own; or as it is,
    if the reference never moved in its turns, which are short on a busy machine."""
    if figure is reference or figure["beside"] is None or not figure["ratios"]:
        return figure
    measure, ratios = reference["median"], figure["ratios"]
    return {
        "median": measure * figure["ratio"],
        "least": measure * min(ratios),
        "most": measure * max(ratios),
        "ratio": figure["ratio"],
    }


def draw_group(left, top, group, summary):
    rows = {label: summary["rows"][label][group.figure] for label in group.rows}
    reference = next(iter(rows.values()))
    figures = {label: of_one_speed(figure, reference) for label, figure in rows.items()}
    full = max(figure["most"] for figure in figures.values()) or 1
    lines = [
        f'<text x="{left:.1f}" y="{top + 12}"><tspan font-weight="bold">{escape(group.title)}'
        f'</tspan><tspan dx="6" fill="#5e5c64">{group.unit}, {group.better}</tspan></text>'
    ]
    for place, (label, figure) in enumerate(figures.items()):
        y = top + HEADING + place * (BAR + GAP)
        lines += draw_bar(left, y, label, figure, group, full)
    return top + height(group), lines


def height(group):
    return HEADING + len(group.rows) * (BAR + GAP) + HEADING // 2


def columns(groups):
    """Their order is kept; the first column is the longer one."""
    total, reached, chosen = sum(map(height, groups)), 0, [[], []]
    for group in groups:
        chosen[reached >= total / 2].append(group)
        reached += height(group)
    return chosen


def footer(host, summaries):
    told = "Medians of {runs} run(s), {date}, Linux {kernel}, {processors} × {processor}"
    lines = [
        told.format(**host),
        "The thin lines go from the least to the most of the runs; × is the ratio to the first row"
        " of the group. Paths took",
        "turns of 40 ms with plain UDP: their bars are drawn by that ratio. Batches: one call for 32"
        " packets.",
    ]
    foreign = max(summary["foreign"] for summary in summaries)
    if foreign > NOTABLE:
        lines.append(f"Other programs had up to {foreign:.0%} of the processors meanwhile.")
    if host["quick"]:
        lines.append("A quick run, which only shows that all works: the figures mean nothing.")
    return lines


def draw(host, results):
    """The text of the picture; `results`: part -> summary, with one of PARTS at least."""
    groups = [group for group in GROUPS if group.part in results]
    lines = [
        text(MARGIN, 30, "Fram beside plain UDP, libnice and aioice",
             ' font-size="16" font-weight="bold"')
    ]
    low = begin = 46
    for place, column in enumerate(columns(groups)):
        left, y = MARGIN + place * ((WIDTH - 2 * MARGIN + GUTTER) / COLUMNS), begin
        for group in column:
            y, more = draw_group(left, y, group, results[group.part])
            lines += more
        low = max(low, y)
    for told in footer(host, [results[group.part] for group in groups]):
        low += 16
        lines.append(text(MARGIN, low, told, ' fill="#5e5c64" font-size="11"'))
    tall = low + MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall}"'
        f' viewBox="0 0 {WIDTH} {tall}" role="img" {FONT}>',
        "<title>Fram beside plain UDP, libnice and aioice</title>",
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{tall - 1}" rx="8" fill="white"'
        ' stroke="#c0bfbc"/>',
        *lines,
        "</svg>",
        "",
    ])
