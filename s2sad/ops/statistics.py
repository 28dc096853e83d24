"""Statistics of samples, histograms, and the calculus of tables of values."""
from __future__ import annotations

import numpy as np

from s2sad.ops.record import Effect, Memory, Zeros
from s2sad.ops.registry import record

_NEW = {"memory": Memory.FRESH, "effect": Effect.NONE}

record(np.median, np.nanmedian, np.quantile, np.percentile, np.nanquantile, np.nanpercentile, **_NEW,
       bounded=True, selects=True)
record(np.average, np.cov, np.corrcoef, np.histogram, np.histogram2d, np.histogramdd, np.histogram_bin_edges,
       np.bincount, **_NEW)
record(np.histogram, np.histogram_bin_edges, memory=Memory.MAYBE, viewed=1)  # the edges may be those given
record(np.histogramdd, memory=Memory.ANY)
record(np.diff, memory=Memory.MAYBE, idle=("n", 1, 0), effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(np.busday_count, np.busday_offset, np.is_busday, **_NEW)
record(np.ediff1d, np.gradient, np.interp, getattr(np, "trapezoid", np.interp), **_NEW)
record(np.gradient, np.bincount, np.ediff1d, zeros=Zeros.KEEPS)
