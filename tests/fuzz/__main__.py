"""The long run of the fuzzer; see ``--help``."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.campaign import campaign, source_of
from tests.fuzz.check import check
from tests.fuzz.generate import THEMES


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Differentiate random programs in reverse and forward "
        "mode and compare with finite differences, with the function's effects and with the exception it raises. "
        "Exit status 1 when one is wrong, crashes or has a differing log.",
    )
    parser.add_argument("--count", type=int, default=1000, help="programs to draw (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the run (default %(default)s)")
    parser.add_argument("--start", type=int, default=0, help="number of the first program (default %(default)s)")
    parser.add_argument(
        "--theme", action="append", choices=list(THEMES), help="widen each program by this (may be repeated)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes (default %(default)s)")
    parser.add_argument("--out", default="fuzz-failures", help="directory for failing programs (default %(default)s)")
    parser.add_argument(
        "--shrink-seconds", type=float, default=20.0, help="time to shrink each, 0 to keep (default %(default)s)"
    )
    parser.add_argument("--limit", type=int, default=5, help="failures of one kind written out (default %(default)s)")
    parser.add_argument(
        "--show", type=int, metavar="NUMBER", help="print one program and its outcome, run nothing else"
    )
    args = parser.parse_args(argv)
    if args.show is not None:
        source = source_of(args.seed, args.show, args.theme and tuple(args.theme))
        print(source, check(source), sep="\n")
        return 0
    return campaign(args)


if __name__ == "__main__":
    sys.exit(main())
