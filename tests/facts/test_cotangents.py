import numpy as np
import pytest

from s2sad.facts.cotangents import cotangent
from s2sad.ir import Fact
from s2sad.ir.facts import UNKNOWN, array, constant
from tests.facts.helper import N

NUMBER = Fact("number", np.dtype(float))


@pytest.mark.parametrize(
    "primal, expected",
    [
        (Fact("float"), NUMBER),
        (constant(2.0), NUMBER),
        (Fact("int", sym=N), NUMBER),
        (Fact("real"), NUMBER),
        (Fact("scalar", np.dtype(float)), NUMBER),
        (Fact("scalar", np.dtype(np.float32)), Fact("number", np.dtype(np.float32))),
        (Fact("complex"), Fact("number", np.dtype(complex))),
        (Fact("number"), Fact("number")),
        (array(float, (N, 3)), array(float, (N, 3))),
        (array(int, (N,)), Fact("array", None, (N,))),
        (Fact("list", item=Fact("float")), Fact("list", item=NUMBER)),
        (Fact("list"), Fact("list")),
        (Fact("tuple", parts=(Fact("int"), array(float))), Fact(parts=(NUMBER, array(float)))),
        (Fact("unknown", np.dtype(float)), Fact("unknown", np.dtype(float))),
        (Fact("str"), UNKNOWN),
        (Fact("unknown", item=Fact("float")), UNKNOWN),
    ],
)
def test_cotangents_have_the_facts_of_their_primals(primal, expected):
    assert cotangent(primal) == expected
