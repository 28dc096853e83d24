import numpy as np
import pytest

from s2sad.ir.facts import UNKNOWN, UNSET, Fact, array, constant, fresh_dim, join, of_value, put_in, taken_out

F, N, S = Fact("float"), Fact("int"), Fact("scalar", np.dtype(float))


def test_facts_of_values():
    assert of_value(1.0) == F and of_value(True) == Fact("bool") and of_value(2j) == Fact("complex")
    assert of_value(np.float64(1)) == S
    assert of_value(np.ones((1, 3), np.float32)).dims[0] == 1
    assert of_value(np.ones(3)).dims != of_value(np.ones(3)).dims, "sizes are not part of a signature"
    assert of_value(np.array(1.0)) == array(float, ())
    assert [of_value(x).kind for x in ([], (), {}, range(3), "s", len, object())] == [
        "list",
        "tuple",
        "dict",
        "range",
        "str",
        "function",
        "object",
    ]


def test_constants_have_a_value():
    assert constant(2.0).value == 2.0 and constant(None).value is None
    assert constant(np.ones(2)).value is UNSET


def test_scalars_arrays_and_unknown():
    assert F.ndim == 0 and S.ndim == 0 and Fact("number").ndim == 0
    assert array(float, (3, 4)).ndim == 2 and array(float).ndim is None and UNKNOWN.ndim is None
    assert F.is_scalar and not array(float, ()).is_scalar and not UNKNOWN.is_scalar
    assert F.is_float and S.is_float and not Fact("scalar", np.dtype(np.float32)).is_float


def test_discrete_and_complex():
    assert N.is_discrete and array(int).is_discrete and array(bool).is_discrete
    assert not F.is_discrete and not array(float).is_discrete and not UNKNOWN.is_discrete
    assert Fact("complex").is_complex and array(complex).is_complex
    assert F.is_complex is False and UNKNOWN.is_complex is None and array(None).is_complex is None


def test_an_unknown_dtype_is_not_float64():
    assert np.dtype(float) == None  # noqa: E711  (NumPy's convention, and the trap)
    assert array(None) != array(float) and array(float) != array(None)
    assert join(array(None), array(float)).dtype is None and join(array(float), array(None)).dtype is None


def test_the_sign_of_zero_and_nan():
    assert constant(0.0) != constant(-0.0) and constant(1) != constant(True)
    assert join(constant(0.0), constant(-0.0)).value is UNSET
    assert constant(float("nan")) == constant(float("nan"))


def test_equal_facts_have_equal_hashes():
    assert hash(array(float, (1, 2))) == hash(array(float, (1, 2)))
    assert len({F, Fact("float"), S}) == 2


@pytest.mark.parametrize(
    ("a", "b", "want"),
    [
        (F, F, F),
        (constant(1.0), constant(2.0), F),
        (constant(1.0), F, F),
        (F, Fact("str"), UNKNOWN),
        (array(float, (3,)), array(float, (3,)), array(float, (3,))),
        (array(float, (3,)), array(int, (3,)), array(None, (3,))),
        (array(float, (3,)), array(float, (3, 1)), array(float)),
        (F, S, Fact("number", np.dtype(float))),
        (F, Fact("complex"), Fact("number")),
        (F, array(float), Fact("unknown", np.dtype(float))),
    ],
)
def test_join(a, b, want):
    assert join(a, b) == want == join(b, a)


def test_join_forgets_sizes_that_differ():
    dims = join(array(float, (3, 4)), array(float, (3, 5))).dims
    assert dims[0] == 3 and dims[1] not in (4, 5)


def test_join_of_lists():
    assert join(Fact("list", item=F), Fact("list", item=constant(1.0))).item == F
    assert join(Fact("list", item=F), Fact("list")).item == F  # one of them is empty
    assert join(Fact("list", item=F), Fact("list", item=UNKNOWN)).item == UNKNOWN


def test_items_of_a_list_have_sizes_of_their_own():
    item = join(Fact("list", item=array(float, (2, 2))), Fact("list", item=array(float, (3, 4)))).item
    assert [dim[0][0] for dim in item.dims] == ["i", "i"] and item.dims[0] != item.dims[1]
    one, other = taken_out(item), taken_out(item)
    assert not set(one.dims) & {*other.dims, *item.dims}
    assert taken_out(array(float, (2, 3))) == array(float, (2, 3))
    assert taken_out(None) == UNKNOWN


def test_what_is_put_in_a_list():
    n, m = fresh_dim(), fresh_dim()
    item = put_in(array(float, (n, m, m, 3)), lambda symbol: symbol == n[0])
    assert item.dims[0] == n and item.dims[1] == item.dims[2] != m and item.dims[3] == 3


def test_forget():
    assert constant(1.0).forget() == F
    assert F.forget() is F
    assert Fact("int", sym=fresh_dim()).forget() == N
