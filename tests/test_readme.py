"""Every program in README.md and CONTRIBUTING.md runs and prints what it says; the table of edges holds."""
import doctest
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.REPORT_ONLY_FIRST_FAILURE
PREAMBLE = "import numpy as np\nfrom s2sad import grad\n\nROWS = [\n"


def edges() -> list[tuple[str, str, str]]:
    """The rows of the table of edge conventions: where, expression, expected value."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## At the edges")[1].split("\n## ")[0]
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


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_programs_run(name):
    if name == "CONTRIBUTING.md":
        pytest.importorskip("scipy")
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    assert blocks
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("row", range(len(edges())), ids=[where for where, _, _ in edges()])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_edge(computed, row):
    expected = eval(edges()[row][2], {"np": np})
    got = computed[row]()
    if isinstance(expected, type):
        assert got == expected
    else:
        assert np.shape(got) == np.shape(expected) and np.array_equal(got, expected)


def test_the_table_is_found():
    assert len(edges()) >= 12


def test_readme_opens_with_the_two_commands():
    commands = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1].splitlines()
    assert [("s2sad trace" in c, "pytest" in c) for c in commands] == [(True, False), (False, True)]


def test_links_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{name}: {target}"
