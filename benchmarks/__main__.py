"""``python -m benchmarks``: measure ours and the peers in one run, print one table."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections.abc import Callable

from benchmarks import analyses, flows, http, imports, pairs, sqlite, streams, territories
from benchmarks.measure import Line, machine, table

SUBJECTS: dict[str, Callable[[bool], list[Line]]] = {
    "mactor": analyses.mactor_lines,
    "zones": analyses.zones_lines,
    "pairs": pairs.lines,
    "streams": streams.lines,
    "flows": flows.lines,
    "imports": imports.lines,
    "sqlite": sqlite.lines,
    "http": http.lines,
    "territories": territories.lines,
}


ON_A_SERVER = {"neo4j": "benchmarks.server", "neo4j-flows": "benchmarks.server_flows"}
"""What needs a local Neo4j (Java, Maven), by the module that measures it."""


def on_a_server(name: str) -> Callable[[bool], list[Line]]:
    """What measures a subject of :data:`ON_A_SERVER`."""
    lines: Callable[[bool], list[Line]] = importlib.import_module(ON_A_SERVER[name]).lines
    return lines


def main() -> int:
    """Run the subjects asked for; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = f"of {', '.join(SUBJECTS)} (all); on a local Neo4j {', '.join(ON_A_SERVER)}"
    parser.add_argument("names", nargs="*", metavar="NAME", help=names)
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, not how fast")
    parser.add_argument("--neo4j", action="store_true", help="also measure a local Neo4j (Java, Maven)")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - {*SUBJECTS, *ON_A_SERVER}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    where = machine()
    print(where, file=sys.stderr)
    wanted = [*(chosen.names or SUBJECTS), *(ON_A_SERVER if chosen.neo4j else ())]
    work = {name: SUBJECTS.get(name) or on_a_server(name) for name in wanted}
    done: list[Line] = []
    failed: list[str] = []
    for name, lines in work.items():
        print(f"{name}…", file=sys.stderr, flush=True)
        try:
            done += lines(chosen.quick)
        except Exception:  # an hour of measures is not thrown away for the one that could not be made
            traceback.print_exc()
            failed.append(name)
    print(where, table(done), *(f"not measured: {name}" for name in failed), sep="\n\n")
    return 1 if failed or any(line.met is False for line in done) else 0


if __name__ == "__main__":
    sys.exit(main())
