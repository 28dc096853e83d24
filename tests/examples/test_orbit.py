"""The flight to Mars: it arrives, the integrator is right, and the planets are where they were."""
import datetime

import numpy as np
import pytest

import s2sad


def test_the_craft_arrives(example):
    module = example("orbit")
    result = module.main(["--steps", "60"])
    assert result["norms"][-1] * module.AU < 1e-2
    assert len(result["norms"]) <= 8 and result["by_differences"] < 1e-6
    # NASA gave a C3 of 14.5 km²/s² or less as the launch energy of Mars 2020 in its launch period.
    assert 13.0 < result["departure"] @ result["departure"] < 15.5


def test_the_arrival_holds_for_another_integrator(example):
    scipy_integrate = pytest.importorskip("scipy.integrate")
    module = example("orbit")
    result = module.main([])
    flight = result["flight"]

    def right_hand_side(t, s):
        r = s.reshape(2, 3, 3)[0]
        a = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                if i != j:
                    a[i] += flight.masses[j] * (r[j] - r[i]) / np.linalg.norm(r[j] - r[i]) ** 3
        return np.concatenate([s[9:], a.ravel()])
    start = np.concatenate([*flight.bodies, flight.start, *flight.speeds, result["velocity"]])
    end = scipy_integrate.solve_ivp(right_hand_side, (0.0, flight.days), start, method="DOP853", rtol=1e-12,
                                    atol=1e-14).y[:, -1]
    assert np.linalg.norm(end[6:9] - end[0:3] - flight.target) < 2e-7


@pytest.mark.parametrize("name, date, distance", [
    ("Earth", "2020-01-05", 0.98324),  # perihelion
    ("Earth", "2020-07-04", 1.01669),  # aphelion
    ("Mars", "2020-08-03", 1.3814)])   # perihelion
def test_planets_are_where_they_were(example, name, date, distance):
    module = example("orbit")
    position, velocity = module.planet(name, datetime.date.fromisoformat(date))
    assert np.linalg.norm(position) == pytest.approx(distance, abs=1e-4)
    assert abs(position @ velocity) < 2e-5


def test_mars_was_near_in_october_2020(example):
    module = example("orbit")
    date = datetime.date(2020, 10, 6)
    distance = np.linalg.norm(module.planet("Mars", date)[0] - module.planet("Earth", date)[0])
    assert distance * module.AU == pytest.approx(62.07e6, rel=1e-3)


def test_planets_move_with_their_velocity(example):
    module = example("orbit")
    days = [datetime.date(2021, 3, d) for d in (1, 2, 3)]
    for name in module.ELEMENTS:
        before, now, after = (module.planet(name, day) for day in days)
        np.testing.assert_allclose((after[0] - before[0]) / 2.0, now[1], rtol=1e-4, atol=1e-6)


def test_derivatives_through_the_integrator(example):
    module = example("orbit")
    flight = module.Flight(datetime.date(2020, 7, 30), datetime.date(2020, 8, 30), steps=2)
    s2sad.check_grads(flight.miss, [flight.guess()], order=1)


def test_impossible_dates(example):
    with pytest.raises(SystemExit, match="after the launch"):
        example("orbit").main(["--arrival", "2020-07-30"])
