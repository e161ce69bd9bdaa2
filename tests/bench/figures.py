"""Figures of several runs: medians, spread, ratios; as text and as JSON."""

import re
import statistics

# What others may have of the processors before the report warns of it.
NOTABLE = 0.1
# How names end of what a program has measured of the reference, in turns with its own.
BESIDE = "-beside"


def word(text):
    """A label as a word, for lines whose parts have blanks between them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


class Figures:
    """What one part has given: row -> figure -> samples of each run."""

    def __init__(self, part):
        self.part = part
        self.units = {}
        self.foreign = 0.0
        self.samples = {label: {} for row in part.rows for label in row.labels()}
        self.beside = {label: {} for label in self.samples}

    def add(self, run, row, lines):
        """Takes the lines that one program wrote in one run."""
        for line in lines:
            name, value, unit = line.split()
            for prefix, label in (row.rows_of or {"": row.label}).items():
                if name.startswith(prefix):
                    self.add_sample(run, label, name.removeprefix(prefix), float(value), unit)
        for label in row.labels():
            if not self.samples[label]:
                raise ValueError(f"{row.command[0]} gave no figures for {label}")

    def add_sample(self, run, label, name, value, unit):
        samples = self.samples
        if name.endswith(BESIDE):
            samples, name = self.beside, name.removesuffix(BESIDE)
        self.units[name] = unit
        samples[label].setdefault(name, {}).setdefault(run, []).append(value)

    def note_foreign(self, share):
        """The most that other programs have had of the processors in any measurement."""
        self.foreign = max(self.foreign, share)

    def check(self):
        """Each figure that is to be shown was given by some row."""
        given = {name for figures in self.samples.values() for name in figures}
        missing = set(self.part.figures) - given
        if missing:
            raise ValueError(f"{self.part.key} gave no {', '.join(sorted(missing))}")

    def by_run(self, label, name):
        """The median of each run."""
        runs = self.samples[label].get(name, {})
        return {run: statistics.median(values) for run, values in runs.items()}

    def ratios_beside(self, label, name):
        """To the reference that the program itself has measured: the median of each run's turns."""
        ratios = []
        for run, samples in self.samples[label][name].items():
            turns = zip(samples, self.beside[label][name][run], strict=True)
            # In a short turn on a busy machine it may be that nothing was moved.
            of_turns = [own / other for own, other in turns if other]
            if of_turns:
                ratios.append(statistics.median(of_turns))
        return ratios

    def ratios(self, label, name):
        """To the reference in the same run, for each of the runs."""
        if name in self.beside[label]:
            return self.ratios_beside(label, name)
        own = self.by_run(label, name)
        reference = self.by_run(self.part.reference, name) if self.part.reference else {}
        return [own[run] / reference[run] for run in own if reference.get(run)]

    def median_beside(self, label, name):
        """Of the reference in the turns between the row's own: it tells how fast the machine was."""
        runs = self.beside[label].get(name, {}).values()
        return statistics.median(map(statistics.median, runs)) if runs else None

    def names(self):
        """The figures to show, with their headings."""
        if self.part.figures:
            return self.part.figures
        return {name: f"{name} [{unit}]" for name, unit in self.units.items()}

    def summary(self):
        rows = {}
        for label, figures in self.samples.items():
            rows[label] = {}
            for name in figures:
                medians = list(self.by_run(label, name).values())
                ratios = self.ratios(label, name)
                rows[label][name] = {
                    "unit": self.units[name],
                    "median": statistics.median(medians),
                    "least": min(medians),
                    "most": max(medians),
                    "ratio": statistics.median(ratios) if ratios else None,
                    "ratios": ratios,
                    "beside": self.median_beside(label, name),
                    "runs": medians,
                }
        return {
            "title": self.part.title,
            "reference": self.part.reference,
            "foreign": self.foreign,
            "rows": rows,
        }


def number(value):
    """Three significant digits, and no fractions of large or whole numbers."""
    if abs(value) >= 100 or value == 0:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:#.3g}".removesuffix(".")


def ratio(value):
    """Two decimals, or one digit of what has none so far."""
    return f"{value:.2f}" if value >= 0.01 or value == 0 else f"{value:.1g}"


def told(figure):
    """The ratio, and how far it went in the runs."""
    if figure["ratio"] is None:
        return ""
    ratios = figure["ratios"]
    spread = f"{ratio(min(ratios))} .. {ratio(max(ratios))}" if len(ratios) > 1 else ""
    return f"x {ratio(figure['ratio'])}  {spread}".rstrip()


def text(figures):
    """One part of the report, for people."""
    summary = figures.summary()
    lines = [summary["title"], "=" * len(summary["title"]), figures.part.method, ""]
    if figures.foreign > NOTABLE:
        lines[-1:] = [
            f"Beware: other programs had up to {figures.foreign:.0%} of the processors"
            " meanwhile.",
            "",
        ]
    width = max(len(label) for label in summary["rows"])
    for name, heading in figures.names().items():
        lines.append(f"  {heading}")
        for label, row in summary["rows"].items():
            if name not in row:
                continue
            figure = row[name]
            spread = f"{number(figure['least'])} .. {number(figure['most'])}"
            median = number(figure["median"])
            lines.append(f"    {label:{width}}  {median:>10}  {spread:>20}  {told(figure)}")
        lines.append("")
    return "\n".join(lines)
