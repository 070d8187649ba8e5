"""Goal after goal: each is brought as low as it goes while the goals before it are held.

Small models go to HiGHS whole. Of larger ones the prices of the linear relaxation show what matters: a *core* of the
choices that cost least at these prices gives a good plan, and with its value the prices rule out most of the rest; what
is left is solved with the plan as a start, within a number of nodes. The bound of whatever is left, together with what
was ruled out, holds for all plans. What a goal rules out stays out for the goals after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.planning.case import Mask
from geo.planning.choices import Choices, Plan
from geo.planning.events import Events, Stakes, ede_stakes, latest_events, unmet_stakes
from geo.planning.goals import COST, EDE, UNMET, Goals, is_allowed
from geo.planning.model import ProgrammeModel
from geo.planning.prices import Prices, price
from geo.siting.model import Deadline, Outcome, solve_sparse

#: Starts of choices (choices x years) up to which a model is solved whole, and to the end.
SMALL: Final = 150

#: Branch-and-bound nodes for a core, and for what prices leave of a larger model.
CORE_NODES: Final = 100
MOST_NODES: Final = 300

#: Nodes x starts for the cost, whose nodes take longer the more starts there are.
NODE_STARTS: Final = 100_000

#: Starts left from which HiGHS looks for better equivalents by models of its own.
LARGE: Final = 1_000

#: Starts in the core, and how many times the starts of a known plan it has at least.
CORE_STARTS: Final = 150
CORE_TIMES: Final = 5


@dataclass(eq=False)
class Proven:
    """The best plan known, with its linear values and lower bounds by the names of goals.

    ``efforts`` are simplex iterations and branch-and-bound nodes.
    """

    plan: Plan
    values: dict[str, float]
    bounds: dict[str, float] = field(default_factory=dict)
    efforts: dict[str, tuple[int, int]] = field(default_factory=dict)


def prove_stages(choices: Choices, log: list[str]) -> Proven | None:
    """Return the best plan with its bounds; None if no plan contains what it must."""
    deadline = Deadline(choices.case.seconds)
    start = _start(choices, deadline)
    if start is None:
        return None
    goals = Goals(choices)
    known = Proven(start, goals.values(start))
    held: dict[str, float] = {}
    rules = _Rules.of(choices)
    possible = np.ones((choices.n_choices, choices.n_years), dtype=np.bool_)
    for name in goals.names:
        possible = _Stage(choices, possible, rules, goals, name, held, known, deadline).solve()
        used = np.asarray(possible.any(axis=1))
        if not used.all():
            choices, possible = choices.restricted(used), possible[used]
            rules = _Rules.of(choices)
        held[name] = known.values[name]
        log.append(
            f"{name}: {known.values[name]!r}, bound {known.bounds[name]!r}, {known.efforts[name][1]} nodes, "
            f"{possible.sum()} starts of {choices.n_choices} choices left"
        )
    return known


def _start(choices: Choices, deadline: Deadline) -> Plan | None:
    """Return a plan that is allowed: the one without changes, unless something must change."""
    nothing = Plan.nothing(len(choices.case.place_ids))
    if is_allowed(choices, nothing):
        return nothing
    rules = _Rules.of(choices)
    model = ProgrammeModel(choices, rules.events, rules.forbidden)
    found = model.plan_of(model.solve(choices.case.seed, deadline, None))
    return found if found is not None and is_allowed(choices, found) else None


@dataclass(eq=False)
class _Rules:
    """The events of some choices, those that are forbidden, and the goals made of them, each when it is asked for."""

    events: Events
    forbidden: list[int]
    _stakes: dict[str, Stakes] = field(default_factory=dict)

    @classmethod
    def of(cls, choices: Choices) -> _Rules:
        events = Events(choices)
        return cls(events, latest_events(events))

    def stakes(self, name: str) -> Stakes:
        """Return a goal that is a sum of events."""
        if name not in self._stakes:
            self._stakes[name] = unmet_stakes(self.events) if name == UNMET else ede_stakes(self.events)
        return self._stakes[name]


@dataclass(eq=False)
class _Stage:
    """One goal: the starts left for it, the goals held, and the best plan known, which is brought forward."""

    choices: Choices
    possible: Mask
    rules: _Rules
    goals: Goals
    name: str
    held: dict[str, float]
    known: Proven
    deadline: Deadline

    def __post_init__(self) -> None:
        self.iterations = self.nodes = 0

    def solve(self) -> Mask:
        """Bring the goal down; return the starts that plans as good can contain (n_choices, n_years)."""
        n_starts = int(self.possible.sum())
        bound = self._value
        if n_starts > SMALL:
            bound = self._in_parts()
        elif n_starts:
            bound = self._run(self.possible, None)
        # Nobody is met more than once, and nothing costs less than nothing.
        bound = max(0.0, self.goals.raised(self.name, bound))
        known = self.known
        if self.goals.most(self.name, bound) >= self._value:
            bound = self._value
        known.bounds[self.name] = bound
        known.efforts[self.name] = self.iterations, self.nodes
        return self.possible

    @property
    def _value(self) -> float:
        return self.known.values[self.name]

    def _in_parts(self) -> float:
        """Solve a core, then what its value leaves, and keep what the value in the end leaves; return the bound."""
        prices, base, scale = self._prices()
        least = base + scale * prices.bound
        cost = np.sort(prices.start_cost[self.possible])
        n_core = max(CORE_STARTS, CORE_TIMES * self.known.plan.places.size)
        # Plans with one and the same equivalent hardly differ, so that a cheaper one is not worth a search of its own.
        if n_core < cost.size and EDE not in self.held:
            self._run(self._with_plan(prices.start_cost <= cost[n_core]), CORE_NODES)
        self.possible = self._with_plan(prices.possible((self._most - base) / scale))
        n_left = int(self.possible.sum())
        most = MOST_NODES if self.name != COST else min(MOST_NODES, NODE_STARTS // max(1, n_left))
        max_nodes = most if n_left > SMALL else None
        # Later goals begin with a plan that is good already; searches pay where much is left, but not for the cost.
        searches = self.name == UNMET or (self.name == EDE and n_left > LARGE)
        bound = max(least, self._run(self.possible, max_nodes, searches=searches))
        self.possible = self._with_plan(prices.possible((self._most - base) / scale))
        return bound

    @property
    def _most(self) -> float:
        return self.goals.most(self.name, self._value)

    def _with_plan(self, possible: Mask) -> Mask:
        """Return the starts with those of the plan known, whatever the prices say."""
        found = possible & self.possible
        found[self.choices.starts(self.known.plan)] = True
        return found

    def _model(self, possible: Mask | None) -> tuple[ProgrammeModel, float, float]:
        model = ProgrammeModel(self.choices, self.rules.events, self.rules.forbidden, possible)
        for other, value in self.held.items():
            model.hold(self.rules.stakes(other), self.goals.most(other, value))
        if self.name == COST:
            return model, *model.minimise_cost(self._value)
        return model, *model.minimise(self.rules.stakes(self.name), self._value)

    def _prices(self) -> tuple[Prices, float, float]:
        model, base, scale = self._model(self.possible)
        relaxed = model.model.relaxed()
        outcome = solve_sparse(relaxed, self.choices.case.seed, self.deadline)
        self.iterations += outcome.iterations
        duals = np.zeros(len(relaxed.row_lower)) if outcome.duals is None else outcome.duals
        return price(self.choices, relaxed, model.n_own, duals), base, scale

    def _run(self, possible: Mask | None, max_nodes: int | None, *, searches: bool = True) -> float:
        """Solve a model, take what is better, and return the bound for plans of these starts."""
        model, base, scale = self._model(possible)
        outcome = model.solve(self.choices.case.seed, self.deadline, self.known.plan, max_nodes, searches=searches)
        self.iterations += outcome.iterations
        self.nodes += outcome.nodes
        self._take(model, outcome)
        return float(base + scale * outcome.bound)

    def _take(self, model: ProgrammeModel, outcome: Outcome) -> None:
        found = model.plan_of(outcome)
        if found is None or not is_allowed(self.choices, found):
            return
        values = self.goals.values(found)
        if self.goals.keeps(values, self.held) and values[self.name] < self._value:
            self.known.plan, self.known.values = found, values
