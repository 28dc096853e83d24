"""A run over many programs: draw, check in several processes, shrink and write what fails, count."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.check import Outcome, check
from tests.fuzz.generate import program
from tests.fuzz.shrink import shrink

CHUNK = 50


def source_of(seed: int, number: int) -> str:
    """Program ``number`` of the run with ``seed``."""
    return program(random.Random(f"{seed}/{number}"))


def run(job: tuple[int, int, int]) -> list[tuple[int, str, Outcome]]:
    """The outcomes of programs ``start`` to ``stop``."""
    seed, start, stop = job
    results = []
    for number in range(start, stop):
        source = source_of(seed, number)
        results.append((number, source, check(source)))
    return results


def outcomes(args: argparse.Namespace) -> Iterator[tuple[int, str, Outcome]]:
    last = args.start + args.count
    jobs = [(args.seed, k, min(k + CHUNK, last)) for k in range(args.start, last, CHUNK)]
    if args.jobs == 1:
        for job in jobs:
            yield from run(job)
        return
    with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn"), max_tasks_per_child=40) as pool:
        for results in pool.map(run, jobs):
            yield from results


def report_failure(number: int, source: str, outcome: Outcome, args: argparse.Namespace) -> Path:
    """Shrink a failing program and write it, with what is wrong as its docstring, to a file."""

    def fails(text: str) -> bool:
        found = check(text)
        return (found.kind, found.what) == (outcome.kind, outcome.what)

    small = shrink(source, fails, args.shrink_seconds) if args.shrink_seconds else source
    detail = check(small).detail or outcome.detail
    path = Path(args.out) / f"{outcome.kind}_{args.seed}_{number}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = "\n".join(f"# {line}" for line in f"{outcome.kind}: {outcome.what}\n{detail}".splitlines())
    path.write_text(f"{comment}\n{small}")
    return path


def campaign(args: argparse.Namespace) -> int:
    """Run all programs and print the table of outcomes."""
    counts: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], tuple[int, str, Outcome]] = {}
    begin = time.monotonic()
    for number, source, outcome in outcomes(args):
        key = (outcome.kind, outcome.what)
        counts[outcome.kind] += 1
        kinds[key] += 1
        if key not in examples or len(source) < len(examples[key][1]):
            examples[key] = number, source, outcome
        if outcome.kind in ("wrong", "crashed") and kinds[key] <= args.limit:
            print(f"{outcome.kind}: {outcome.what}: {report_failure(number, source, outcome, args)}", flush=True)
    elapsed = time.monotonic() - begin
    drawn, invalid, refused = sum(counts.values()), counts["invalid"], counts["refused"]
    print(
        f"\n{drawn} programs drawn in {elapsed:.0f} s, {invalid} invalid (they do not run, or are not finite or smooth)"
    )
    print(
        f"{drawn - invalid} run: {counts['ok']} right, {refused} refused ({refused / max(1, drawn - invalid):.1%}),",
        end=" ",
    )
    print(f"{counts['wrong']} wrong, {counts['crashed']} crashed")
    for (kind, what), k in sorted(kinds.items(), key=lambda item: -item[1]):
        if kind == "refused":
            number, _, outcome = examples[kind, what]
            print(f"\n{k} × {what}, for example program {number}:\n{outcome.detail}")
        elif kind in ("wrong", "crashed", "invalid"):
            print(f"{k} × {kind}: {what}")
    return 1 if counts["wrong"] or counts["crashed"] else 0
