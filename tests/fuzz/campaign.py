"""A run over many programs: draw, check in several processes, shrink and write what fails, count."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.check import check
from tests.fuzz.generate import program
from tests.fuzz.outcome import FAILURES, Outcome
from tests.fuzz.shrink import shrink

CHUNK = 50


def source_of(seed: int, number: int, themes: tuple[str, ...] | None = None) -> str:
    """Program ``number`` of the run with ``seed``, of these themes or of some by chance."""
    return program(random.Random(f"{seed}/{number}"), themes)


def run(job: tuple[int, int, int, tuple[str, ...] | None]) -> list[tuple[int, str, Outcome]]:
    """The outcomes of programs ``start`` to ``stop``."""
    seed, start, stop, themes = job
    results = []
    for number in range(start, stop):
        source = source_of(seed, number, themes)
        results.append((number, source, check(source)))
    return results


def outcomes(args: argparse.Namespace) -> Iterator[tuple[int, str, Outcome]]:
    last = args.start + args.count
    themes = args.theme and tuple(args.theme)
    jobs = [(args.seed, k, min(k + CHUNK, last), themes) for k in range(args.start, last, CHUNK)]
    if args.jobs == 1:
        for job in jobs:
            yield from run(job)
        return
    with get_context("spawn").Pool(args.jobs, maxtasksperchild=40) as pool:
        for results in pool.imap(run, jobs):
            yield from results


def report_failure(number: int, source: str, outcome: Outcome, args: argparse.Namespace) -> Path:
    """Shrink a failing program and write it, with what is wrong as its docstring, to a file."""

    def fails(text: str) -> bool:
        found = check(text)
        return (found.kind, found.what) == (outcome.kind, outcome.what)

    small = shrink(source, fails, args.shrink_seconds) if args.shrink_seconds else source
    detail = check(small).detail or outcome.detail
    path = Path(args.out) / f"{outcome.kind.replace(' ', '_')}_{args.seed}_{number}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = "\n".join(f"# {line}" for line in f"{outcome.kind}: {outcome.what}\n{detail}".splitlines())
    path.write_text(f"{comment}\n{small}")
    return path


def campaign(args: argparse.Namespace) -> int:
    """Run all programs and print the table of outcomes."""
    kinds: Counter[tuple[str, str]] = Counter()
    themes: dict[str, Counter[str]] = {}
    examples: dict[tuple[str, str], tuple[int, str, Outcome]] = {}
    begin = time.monotonic()
    for number, source, outcome in outcomes(args):
        key = (outcome.kind, outcome.what)
        kinds[key] += 1
        for theme in source.partition("\n")[0].removeprefix("# themes: ").split(", "):
            themes.setdefault(theme, Counter())[outcome.kind] += 1
        if key not in examples or len(source) < len(examples[key][1]):
            examples[key] = number, source, outcome
        if outcome.kind in FAILURES and kinds[key] <= args.limit:
            print(f"{outcome.kind}: {outcome.what}: {report_failure(number, source, outcome, args)}", flush=True)
    print_counts(kinds, themes, time.monotonic() - begin)
    for (kind, what), k in sorted(kinds.items(), key=lambda item: -item[1]):
        if kind == "refused":
            number, _, outcome = examples[kind, what]
            print(f"\n{k} × {what}, for example program {number}:\n{outcome.detail}")
        elif kind in ("raised", "invalid", *FAILURES):
            print(f"{k} × {kind}: {what}")
    return 1 if any(kind in FAILURES for kind, _ in kinds) else 0


def print_counts(kinds: Counter[tuple[str, str]], themes: dict[str, Counter[str]], elapsed: float) -> None:
    """How many programs there were of each outcome, in all and by theme (a program may have several)."""
    counts: Counter[str] = Counter()
    for (kind, _), k in kinds.items():
        counts[kind] += k
    drawn, invalid, refused = sum(counts.values()), counts["invalid"], counts["refused"]
    print(f"\n{drawn} programs drawn in {elapsed:.0f} s, {invalid} invalid (not finite or not smooth)")
    print(f"{drawn - invalid} run: {counts['ok']} right, {counts['raised']} raise as they should, {refused} refused "
          f"({refused / max(1, drawn - invalid):.1%}), {', '.join(f'{counts[kind]} {kind}' for kind in FAILURES)}")
    for theme, found in sorted(themes.items()):
        print(f"  {theme}: {', '.join(f'{k} {kind}' for kind, k in sorted(found.items()))}")
