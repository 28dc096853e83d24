"""``while`` loops: zero trips, counters, tests on values, nested in other loops."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])


@program(1.7, tags="second")
def newton_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-14:
        x = 0.5 * (x + a / x)
    return x


@program(0.3)
@program(20.0)
def while_zero_or_more(x):
    while x < 10.0:
        x = x * 2.5
    return x * x


@program(0.3)
def while_counter(x):
    i = 0
    s = 0.0
    while i < 5:
        s = s * x + i
        i += 1
    return s


@program(0.3, 1.4)
def while_two_conditions(x, y):
    k = 0
    while x < 3.0 and k < 10:
        x = x + y * x
        k += 1
    return x * k


@program(0.3)
def while_walrus(x):
    s = 0.0
    while (y := x * x + s) < 2.0:
        s += y + 0.3
    return y * s


@program(V)
def while_over_array(v):
    i = 0
    s = 0.0
    while i < len(v) and v[i] < 1.0:
        s += v[i] * v[i]
        i += 1
    return s + v[i]


@program(0.6, 3)
def while_in_for(x, n):
    s = 0.0
    for i in range(n):
        y = x
        while y < 2.0 + i:
            y = y * 1.9
        s += y
    return s


@program(0.6)
def for_in_while(x):
    total = x
    while total < 20.0:
        for k in range(3):
            total += x * k
    return total * x
