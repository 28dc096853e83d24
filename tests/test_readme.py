"""Every program in README.md and CONTRIBUTING.md runs and prints what stands below it; the table of edges holds.

A block ``python`` is a program; a block ``python output`` or ``text`` after it is what it prints. The programs of a
page are one file, run from top to bottom. ``--update-golden`` writes the outputs anew.
"""
import contextlib
import importlib.util
import io
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(python|text)( output)?\n(.*?)^```$", re.M | re.S)
PAGES = {"README.md": "tour.py", "CONTRIBUTING.md": "rule.py"}
PREAMBLE = "import numpy as np\nfrom s2sad import grad\n\nROWS = [\n"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[tuple[re.Match[str], re.Match[str] | None]]:
    """The programs of a page, each with the block that holds its output."""
    found = list(BLOCK.finditer(text))
    programs = [k for k, block in enumerate(found) if block[1] == "python" and not block[2]]
    following = [found[k + 1] if k + 1 < len(found) and k + 1 not in programs else None for k in programs]
    return [(found[k], after) for k, after in zip(programs, following)]


def outputs(programs: list[str], file: str) -> list[str]:
    """What each of the programs prints; together they are one file in the current directory."""
    Path(file).write_text("\n".join(programs), encoding="utf-8")
    namespace: dict = {"__name__": "tour"}
    line, printed = 0, []
    for program in programs:
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(compile("\n" * line + program, file, "exec"), namespace)
        line += program.count("\n") + 1
        printed.append("".join(text.rstrip() + "\n" for text in stream.getvalue().rstrip().splitlines()))
    return printed


def edges() -> list[tuple[str, str, str]]:
    """The rows of the table of edge conventions: where, expression, expected value."""
    section = page("README.md").split("## At the edges")[1].split("\n## ")[0]
    return re.findall(r"^\| ([^|]+?) \| `([^`]+)` \| `([^`]+)` \|$", section, re.M)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """The examples of the table as functions in a file, since s2sad reads sources."""
    path = tmp_path_factory.mktemp("edges") / "edges_of_the_readme.py"
    path.write_text(PREAMBLE + "".join(f"    lambda: {code},\n" for _, code, _ in edges()) + "]\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ROWS


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.filterwarnings("error")
def test_programs_print_what_is_shown(name, tmp_path, monkeypatch, update_golden):
    pytest.importorskip("scipy" if name == "CONTRIBUTING.md" else "sympy")
    monkeypatch.chdir(tmp_path)
    text = page(name)
    found = blocks(text)
    assert found
    printed = outputs([program[3] for program, _ in found], PAGES[name])
    if update_golden:
        for (_, shown), output in reversed(list(zip(found, printed))):
            if shown is not None:
                text = text[:shown.start(3)] + output + text[shown.end(3):]
        (ROOT / name).write_text(text, encoding="utf-8")
        return
    for (program, shown), output in zip(found, printed):
        assert output == ("" if shown is None else shown[3]), program[3]


@pytest.mark.parametrize("row", range(len(edges())), ids=[where for where, _, _ in edges()])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_edge(computed, row):
    expected = eval(edges()[row][2], {"np": np})
    got = computed[row]()
    if isinstance(expected, type):
        assert got == expected
    else:
        assert np.shape(got) == np.shape(expected) and np.array_equal(got, expected, equal_nan=True)


def test_the_table_is_found():
    assert len(edges()) >= 12


def test_readme_opens_with_the_two_commands():
    commands = re.search(r"```sh\n(.*?)```", page("README.md"), re.S)[1].splitlines()
    assert [("s2sad trace" in c, "pytest" in c) for c in commands] == [(True, False), (False, True)]


def test_links_lead_somewhere():
    for name in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page(name)):
            assert (ROOT / target).exists(), f"{name}: {target}"
