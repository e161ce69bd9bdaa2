"""What the programs of the lab that measure have in common.

They print medians of some runs, beside others in the same run; what is compared is measured
one right after the other.  A quick mode shows that they work; no test looks at a time.
"""

import argparse
import itertools
import json
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "bench"))

# pylint: disable=wrong-import-position
import calls
import figures
from kernel import NotPermitted
from parts import Part, Row
from programs import interrupt

UNIT = "ms"

# An option of those programs whose figures are in tables.
SAMPLES = {"action": "store_true", "help": "write the samples alone, for tests/bench/run"}


class Table:
    """One table of the report: rows by figures, samples of each run."""

    def __init__(self, key, title, method, labels, headings, reference=""):
        rows = [Row(label, []) for label in labels]
        self.figures = figures.Figures(Part(key, title, method, rows, headings, reference))

    def add(self, run, label, **values):
        for name, value in values.items():
            self.figures.add_sample(run, label, name, value, UNIT)

    def medians(self, name):
        """By row, of all runs."""
        rows = self.figures.summary()["rows"]
        return {label: row[name]["median"] for label, row in rows.items() if name in row}

    def spread(self, label, name):
        """Between the least and the most of all runs of a row."""
        figure = self.figures.summary()["rows"][label][name]
        return figure["most"] - figure["least"]

    def sample_lines(self):
        """All samples, as the programs of the benchmark write them."""
        table = figures.word(self.figures.part.key)
        for label, given in self.figures.samples.items():
            for name, runs in given.items():
                for value in itertools.chain.from_iterable(runs.values()):
                    yield f"{figures.word(label)}:{name}:{table} {value:.3f} {UNIT}"

    def text(self):
        return figures.text(self.figures).replace("\n\n\n", "\n\n")


def say(line):
    print(line, file=sys.stderr, flush=True)


def parse(description, runs, **more):
    """The options of all these programs; `more`: name -> what add_argument() takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", default="build", metavar="DIR")
    parser.add_argument("--runs", type=int, default=runs, metavar="N")
    parser.add_argument("--quick", action="store_true", help="only to see that all works")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    for name, settings in more.items():
        parser.add_argument(f"--{name}", **settings)
    options = parser.parse_args()
    calls.find_programs(options.build)
    if not os.access(os.environ["FRAMD"], os.X_OK):
        parser.error(f"there is no framd at {os.environ['FRAMD']}")
    if options.quick:
        options.runs = 1
    return options


def run(main):
    """Runs the program; who interrupts it or may not make networks is told so."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        main()
    except NotPermitted as error:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def write(options, tables, report):
    """The samples or, by calling `report`, what people read; and the file for programs."""
    if options.samples:
        for table in tables:
            print(*table.sample_lines(), sep="\n")
    else:
        report()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            results = {table.figures.part.key: table.figures.summary() for table in tables}
            json.dump(results, file, indent=1, ensure_ascii=False)
