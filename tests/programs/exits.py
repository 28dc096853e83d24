"""Exits of loops: break, continue, return, else, in every nesting."""
import numpy as np

import s2sad
from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])


@program(0.6, 10)
@program(0.6, 1)
@program(5.0, 10)
def break_on_value(x, n):
    y = x
    for i in range(n):
        y = y * 1.7
        if y > 4.0:
            break
    return y * x


@program(0.6, 10)
def break_first_statement(x, n):
    y = x
    for i in range(n):
        if y > 4.0:
            break
        y = y * 1.7 + i
    return y


@program(0.6, 10)
def break_loop_variable_after(x, n):
    y = x
    for i in range(n):
        if y > 4.0:
            break
        y = y * 1.7
    return y * i


@program(0.6, 10)
@program(0.6, 2)
@program(0.6, 0)
def for_else(x, n):
    y = x
    for i in range(n):
        y = y * 1.7
        if y > 4.0:
            break
    else:
        y = y * y
    return y


@program(0.6)
def for_else_without_break(x):
    for i in range(3):
        x = x * 1.5
    else:
        x = x + 1.0
    return x


@program(0.6, 3.0)
@program(0.6, 300.0)
def while_else(x, limit):
    y = x
    k = 0
    while k < 5:
        y = y * 1.7
        if y > limit:
            break
        k += 1
    else:
        y = -y * limit
    return y + x


@program(V)
def continue_on_value(v):
    s = 0.0
    for p in v:
        if p < 0.0:
            continue
        s += p * p
    return s


@program(V)
def continue_in_nested_if(v):
    s = 0.0
    for i, p in enumerate(v):
        t = p * 2.0
        if i > 0:
            s += t
            if p < 0.0:
                t = t * s
                continue
            s = s * 1.1
        s += t * t
    return s


@program(V)
def break_and_continue(v):
    s = 0.0
    for p in v:
        if p < 0.0:
            continue
        if p > 1.0:
            break
        s += np.exp(p)
    return s + p


@program(0.5)
@program(9.3)
def while_break_continue(x):
    s = 0.0
    i = 0
    while True:
        i += 1
        if i > 8:
            break
        if i % 3 == 0:
            continue
        s = s * 0.5 + x * i
        if s > 20.0:
            break
    return s * x


@program(0.6, 10)
@program(0.6, 2)
@program(0.6, 0)
def return_in_for(x, n):
    y = x
    for i in range(n):
        y = y * 1.7
        if y > 4.0:
            return y * y
    return y + x


@program(0.6)
def return_in_while(x):
    while True:
        x = x * 1.5
        if x > 3.0:
            return x * x


@program(V)
def return_in_first_trip(v):
    for p in v:
        return p * p
    return 0.0


@program(A, 0.7)
@program(A, 70.0)
def return_in_nested_loops(m, limit):
    s = 0.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            s += m[i, j] * m[i, j]
            if s > limit:
                return s * m[i, j]
        s = s * 1.1
    return s


@program(A)
def break_inner_only(m):
    s = 0.0
    for row in m:
        t = 1.0
        for p in row:
            if p > 1.0 or p < -0.5:
                break
            t = t * (p + 2.0)
        s += t
    return s


@program(A)
def break_outer_through_flag(m):
    s = 0.0
    done = False
    for row in m:
        for p in row:
            if p < -0.3:
                done = True
                break
            s += p * p
        if done:
            break
    return s


@program(A)
def inner_else_continue_outer_break(m):
    s = 0.0
    for row in m:
        for p in row:
            if p > 1.0:
                break
            s = s + p
        else:
            continue
        s = s * 2.0
        break
    return s


@program(0.6)
def break_in_both_branches(x):
    y = x
    for i in range(5):
        if y > 1.5:
            y = y * y
            break
        else:
            y = y * 1.8
            if y > 10.0:
                break
    return y


@program(0.6)
def unconditional_break(x):
    for i in range(5):
        x = x * 3.0
        break
    return x


@program(V)
def return_from_else(v):
    s = 0.0
    for p in v:
        s += p
        if s > 100.0:
            break
    else:
        return s * s
    return s


@program(V)
@program(-V)
def write_before_break(v):
    a = v.copy()
    for i in range(len(a)):
        a[i] = a[i] * a[i - 1]
        if a[i] < 0.0:
            a[0] = a[i] * 2.0
            break
        a[i] += 1.0
    return np.sum(a * a)


@program(V)
def write_then_continue(v):
    a = v.copy()
    for i in range(len(a)):
        if a[i] < 0.0:
            a[i] = -2.0 * a[i]
            continue
        a[i] = np.sin(a[i]) * a[0]
    return a


@program(V)
def append_then_break(v):
    xs = []
    for p in v:
        xs.append(p * p)
        if p > 1.0:
            break
    return sum(xs) * len(xs) * xs[-1]


@program(0.4)
@program(1.4)
@program(2.9)
def search_loop(x):
    lo, hi = 0.0, 3.0
    for _ in range(4):
        mid = 0.5 * (lo + hi)
        if mid < s2sad.stop_gradient(x):
            lo = mid
        else:
            hi = mid
    return (hi - x) * (x - lo)


@program(2.0, 1e-12, argnums=(0,))
def newton_with_break(a, tolerance):
    x = 1.0
    for _ in range(50):
        step = (x * x * x - a) / (3.0 * x * x)
        x = x - step
        if abs(step) < tolerance:
            break
    return x


@program(2.0, 100)
def newton_returns(a, n):
    x = 1.0
    for _ in range(n):
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-13:
            return new
        x = new
    raise ValueError("no convergence")


@program(0.3)
def return_inside_with(x):
    with np.errstate(all="ignore"):
        for i in range(4):
            x = x * 2.0
            if x > 1.0:
                return x * x
    return x


@program(V)
def two_loops_each_exits(v):
    s = 1.0
    for p in v:
        if p < 0.0:
            break
        s = s * (1.0 + p)
    for p in reversed(v):
        if p < 0.0:
            break
        s = s - p * s
    return s


@program(V)
def exit_test_reads_overwritten(v):
    a = v.copy()
    s = 0.0
    i = 0
    while i < len(a) and a[i] < 1.0:
        s += a[i] * a[i]
        a[i] = a[i] * 3.0 + 5.0
        i += 1
    return s + np.sum(a) * a[i]


@program(0.4, 0.9)
def stop_in_ternary_test(x, y):
    s = x
    for i in range(6):
        s = s * y + (x if i % 2 else -x)
        if (s > 0.3 if i > 2 else s < -5.0):
            break
    return s


@program(0.5, 0.7)
def break_past_a_statement_that_assigns_anew(x, a):
    for _ in range(2):
        if a > 0.0:
            if x > 0.0:
                x += a
                break
        x = 0.0
    return x


@program(0.5, 0.7)
def both_branches_leave_and_dead_code_follows(x, a):
    for i in range(2):
        if i:
            x += 2.0 * a
            continue
        else:
            x += a
            continue
        x = 0.0
    return x


@program(0.5, 0.7)
def exits_of_every_kind_before_new_values(x, a):
    y = 1.0
    for i in range(4):
        for j in range(2):
            if j:
                break
            x = x * a
        else:
            if x > 0.0:
                x += a
                continue
        try:
            if i == 2:
                y = x * a
                break
        finally:
            x = x + 1.0
        match i:
            case 1:
                x = x + 2.0 * a
                continue
        y = 2.0
        x = 0.3 * x
    return x * y
