"""What the programs of this folder share: their command line, the progress bar, the picture and the printed source.

    from _common import parser, picture, progress, show

None of it has to do with derivatives; the programs would be the same without it.
"""
import argparse
import contextlib
import sys


def parser(doc):
    """A parser with ``--source`` and ``--picture``; the description is the program's docstring as it stands."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--source", action="store_true", help="print the generated derivative and stop")
    made.add_argument("--picture", metavar="FILE", help="write a picture of the result, for example result.png")
    return made


def show(source):
    """Print generated source, in colour if rich is installed and somebody is watching."""
    if sys.stdout.isatty():
        with contextlib.suppress(ImportError):
            from rich.console import Console
            from rich.syntax import Syntax
            Console().print(Syntax(source.rstrip(), "python", background_color="default"))
            return
    print(source.rstrip())


@contextlib.contextmanager
def progress(description, total):
    """A progress bar, if rich is installed and somebody is watching: a function ``advance(note="")`` for each step."""
    try:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    except ImportError:
        yield lambda note="": None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
               TimeElapsedColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task(description, total=total, note="")
        yield lambda note="": bar.update(task, advance=1, note=note)


@contextlib.contextmanager
def picture(path, *shape, size, **options):
    """A figure and its axes as from ``matplotlib.pyplot.subplots(*shape)``, written to a file at the end.

    ``size`` is in inches. Without matplotlib the program stops and says what to install.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        sys.exit('--picture needs matplotlib: pip install "s2sad[examples]"')
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    yield figure, figure.subplots(*shape, **options)
    figure.savefig(path, dpi=110)
    print(f"picture written to {path}")


def needs(package, purpose):
    """Stop with a word on what to install, unless a package is there."""
    try:
        __import__(package)
    except ImportError:
        sys.exit(f'this program needs {package} {purpose}: pip install "s2sad[examples]"')


def slope_error(f, x, gradient, direction, step=1e-3):
    """How far a gradient is from central differences along a direction, relative to the slope.

    Two steps and Richardson's extrapolation remove the error of order step².
    """
    def central(h):
        return (f(x + h * direction) - f(x - h * direction)) / (2.0 * h)
    slope = (4.0 * central(step) - central(2.0 * step)) / 3.0
    return abs(float(gradient @ direction) - slope) / max(abs(slope), 1e-300)
