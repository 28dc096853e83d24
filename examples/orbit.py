"""Fly to Mars: the velocity with which a spacecraft has to leave the Earth's orbit to meet the planet at a given date.

    pip install "s2sad[examples]"
    python examples/orbit.py --picture transfer.png
    python examples/orbit.py --launch 2022-09-10 --arrival 2023-06-20

Shooting: the orbit of the craft among the Sun and Jupiter is integrated by a Runge–Kutta method written by hand, with
the state in lists of arrays; Gauss–Newton steps turn the launch velocity until the craft arrives, with the Jacobian
from ``s2sad.jacobian``. The default is the flight of Perseverance. The Earth and Mars do not attract the craft here
(patched conics). Units: au and days.
"""
import datetime

import numpy as np
from _common import parser, picture, progress, show

import s2sad

GM_SUN = 0.01720209895 ** 2      # Gauss' constant squared, au³/day²
GM_JUPITER = GM_SUN / 1047.3486  # mass ratio: E. M. Standish, DE405 (1998)
AU = 149597870.7                 # km (IAU 2012)
# a / au, e, inclination, mean longitude, longitude of perihelion, of the node / degrees at J2000, and their changes in
# a century: E. M. Standish and J. G. Williams, "Approximate positions of the planets", JPL, table 1 (1800 to 2050).
ELEMENTS = {
    "Earth": ((1.00000261, 0.01671123, -0.00001531, 100.46457166, 102.93768193, 0.0),
              (0.00000562, -0.00004392, -0.01294668, 35999.37244981, 0.32327364, 0.0)),
    "Mars": ((1.52371034, 0.09339410, 1.84969142, -4.55343205, -23.94362959, 49.55953891),
             (0.00001847, 0.00007882, -0.00813131, 19140.30268499, 0.44441088, -0.29257343)),
    "Jupiter": ((5.20288700, 0.04838624, 1.30439695, 34.39644051, 14.72847983, 100.47390909),
                (-0.00011607, -0.00013253, -0.00183714, 3034.74612775, 0.21252668, 0.20469106)),
}


def planet(name, date):
    """Heliocentric position and velocity of a planet at 0 h of a date, in the ecliptic of J2000."""
    centuries = (date.toordinal() + 1721424.5 - 2451545.0) / 36525.0
    elements, change = ELEMENTS[name]
    a, e, tilt, longitude, perihelion, node = np.array(elements) + centuries * np.array(change)
    tilt, node, argument = np.radians((tilt, node, perihelion - node))
    mean = np.radians(longitude - perihelion)
    anomaly = mean
    for _ in range(20):  # Kepler's equation
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    minor = np.sqrt(1.0 - e * e)
    rate = np.radians(change[3] - change[4]) / 36525.0 / (1.0 - e * np.cos(anomaly))
    flat = a * np.array([[np.cos(anomaly) - e, minor * np.sin(anomaly)],
                         [-rate * np.sin(anomaly), rate * minor * np.cos(anomaly)]])
    along = np.array([np.cos(node) * np.cos(argument) - np.sin(node) * np.sin(argument) * np.cos(tilt),
                      np.sin(node) * np.cos(argument) + np.cos(node) * np.sin(argument) * np.cos(tilt),
                      np.sin(argument) * np.sin(tilt)])
    across = np.array([-np.cos(node) * np.sin(argument) - np.sin(node) * np.cos(argument) * np.cos(tilt),
                       -np.sin(node) * np.sin(argument) + np.cos(node) * np.cos(argument) * np.cos(tilt),
                       np.cos(argument) * np.sin(tilt)])
    return flat @ np.array([along, across])


def accelerations(positions, masses):
    """Newton's law: the attraction of each body by all others."""
    result = []
    for i, position in enumerate(positions):
        a = np.zeros(3)
        for j, other in enumerate(positions):
            if i != j and masses[j] > 0.0:
                d = other - position
                a += masses[j] * d / np.sum(d ** 2) ** 1.5
        result.append(a)
    return result


def slope(state, masses):
    """The time derivative of a list of positions followed by velocities."""
    n = len(masses)
    return state[n:] + accelerations(state[:n], masses)


def moved(state, slope, h):
    return [x + h * k for x, k in zip(state, slope)]


def runge_kutta(state, masses, h):
    """One step of the classical method of order 4."""
    k1 = slope(state, masses)
    k2 = slope(moved(state, k1, 0.5 * h), masses)
    k3 = slope(moved(state, k2, 0.5 * h), masses)
    k4 = slope(moved(state, k3, h), masses)
    return [x + h / 6.0 * (a + 2.0 * b + 2.0 * c + d) for x, a, b, c, d in zip(state, k1, k2, k3, k4)]


class Flight:
    """A craft that leaves the Earth's place at one date and wants to be at Mars' place at another."""

    def __init__(self, launch, arrival, steps, jupiter=GM_JUPITER):
        self.days = float((arrival - launch).days)
        self.steps = steps
        self.start, self.earth = planet("Earth", launch)
        self.target, self.mars = planet("Mars", arrival)
        self.bodies = [np.zeros(3), planet("Jupiter", launch)[0]]
        self.speeds = [np.zeros(3), planet("Jupiter", launch)[1]]
        self.masses = [GM_SUN, jupiter, 0.0]

    def path(self, velocity):
        """The states (positions and velocities of Sun, Jupiter, craft) after each step."""
        state = self.bodies + [self.start] + self.speeds + [velocity]
        states = [state]
        for _ in range(self.steps):
            state = runge_kutta(state, self.masses, h=self.days / self.steps)
            states.append(state)
        return states

    def miss(self, velocity):
        """By what the craft misses Mars, seen from the Sun: three residuals in au."""
        end = self.path(velocity)[-1]
        return end[2] - end[0] - self.target

    def guess(self):
        """The Earth's velocity, faster by what Hohmann's ellipse between circular orbits wants."""
        r, R = np.linalg.norm(self.start), np.linalg.norm(self.target)
        return self.earth * np.sqrt(2.0 * R / (r + R))


def gauss_newton(residual, x, tolerance=1e-12, most=50):
    """Solve residual(x) = 0 in the sense of least squares, with steps that are halved until they help.

    Returns x and the norms of the residuals on the way.
    """
    jacobian = s2sad.jacobian(residual)
    norms = [float(np.linalg.norm(residual(x)))]
    with progress("aiming", most) as advance:
        while norms[-1] > tolerance and len(norms) <= most:
            step = np.linalg.lstsq(jacobian(x), -residual(x), rcond=None)[0]
            length = 1.0
            while length > 1e-6 and not np.linalg.norm(residual(x + length * step)) < norms[-1]:
                length *= 0.5
            if length <= 1e-6:
                break
            x = x + length * step
            norms.append(float(np.linalg.norm(residual(x))))
            advance(f"{AU * norms[-1]:.3g} km")
    return x, norms


def draw(path, flight, first, found, launch):
    """The two orbits, the first try and the flight."""
    with picture(path, size=(6.4, 6.2)) as (_, ax):
        for name, colour, days in (("Earth", "C0", 366), ("Mars", "C3", 688)):
            orbit = np.array([planet(name, launch + datetime.timedelta(k))[0] for k in range(days)])
            ax.plot(orbit[:, 0], orbit[:, 1], color=colour, lw=1.0, alpha=0.5, label=f"orbit of {name}")
        for velocity, style, label in ((first, "0.6", "first try"), (found, "k", "flight")):
            states = flight.path(velocity)
            way = np.array([state[2] - state[0] for state in states])
            ax.plot(way[:, 0], way[:, 1], color=style, lw=1.8, ls="--" if velocity is first else "-", label=label)
        ax.plot(0.0, 0.0, "o", ms=12, color="gold", mec="darkorange")
        ax.plot(*flight.start[:2], "o", color="C0")
        ax.plot(*flight.target[:2], "o", color="C3")
        ax.annotate("launch", flight.start[:2], (-14, -14), textcoords="offset points", ha="right")
        ax.annotate("arrival", flight.target[:2], (-4, 8), textcoords="offset points", ha="right")
        ax.set(aspect="equal", ylim=(-1.6, 1.8), xlabel="x / au (ecliptic)", ylabel="y / au")
        ax.legend(frameon=False, loc="upper left", fontsize=9)


def main(argv=None):
    """Aim as the command line says; print and return the result."""
    options = parser(__doc__)
    date = datetime.date.fromisoformat
    options.add_argument("--launch", type=date, default=date("2020-07-30"), help="default 2020-07-30")
    options.add_argument("--arrival", type=date, default=date("2021-02-18"), help="default 2021-02-18")
    options.add_argument("--steps", type=int, default=100, help="of the Runge-Kutta method (default 100)")
    options = options.parse_args(argv)
    if options.arrival <= options.launch:
        raise SystemExit("the arrival must be after the launch")
    flight = Flight(options.launch, options.arrival, options.steps)
    first = flight.guess()
    if options.source:
        return show(s2sad.jacobian(flight.miss).source_for(first))

    h = 1e-6
    columns = [(flight.miss(first + h * e) - flight.miss(first - h * e)) / (2.0 * h) for e in np.eye(3)]
    jacobian = s2sad.jacobian(flight.miss)(first)
    by_differences = float(np.max(np.abs(jacobian - np.array(columns).T)) / np.max(np.abs(jacobian)))
    found, norms = gauss_newton(flight.miss, first)
    departure = (found - flight.earth) * AU / 86400.0
    alone = Flight(options.launch, options.arrival, options.steps, jupiter=0.0)
    pull = float(np.linalg.norm(alone.miss(found) - flight.miss(found))) * AU
    print(f"misses by {', '.join(f'{AU * n:.3g}' for n in norms)} km in {len(norms) - 1} steps")
    print(f"leaves the Earth with {np.linalg.norm(departure):.3f} km/s (C3 = {departure @ departure:.2f} km²/s²), "
          f"{flight.days:.0f} days; Jupiter's pull shifts the arrival by {pull:.0f} km")
    print(f"check: Jacobian against finite differences {by_differences:.1e} (relative)")
    if options.picture:
        draw(options.picture, flight, first, found, options.launch)
    return {"velocity": found, "norms": norms, "departure": departure, "flight": flight,
            "by_differences": by_differences}


if __name__ == "__main__":
    main()
