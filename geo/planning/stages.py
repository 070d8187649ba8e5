"""Goal after goal: each is brought as low as it goes while the goals before it are held."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.planning.choices import Choices, Plan
from geo.planning.events import Events, ede_stakes, latest_events, unmet_stakes
from geo.planning.goals import COST, EDE, UNMET, Goals, is_allowed
from geo.planning.model import ProgrammeModel
from geo.siting.model import Deadline


@dataclass(eq=False)
class Proven:
    """The best plan known, with its linear values and lower bounds by the names of goals."""

    plan: Plan
    values: dict[str, float]
    bounds: dict[str, float] = field(default_factory=dict)
    efforts: dict[str, tuple[int, int]] = field(default_factory=dict)


def prove_stages(choices: Choices, log: list[str]) -> Proven | None:
    """Return the best plan with its bounds; None if no plan contains what it must."""
    goals = Goals(choices)
    deadline = Deadline(choices.case.seconds)
    events = Events(choices)
    forbidden = latest_events(events)
    stakes = {UNMET: unmet_stakes(events)}
    if EDE in goals.names:
        stakes[EDE] = ede_stakes(events)
    start = Plan.nothing(len(choices.case.place_ids))
    if not is_allowed(choices, start):
        outcome = (model := ProgrammeModel(choices, events, forbidden)).solve(choices.case.seed, deadline, None)
        found = model.plan_of(outcome)
        if found is None or not is_allowed(choices, found):
            return None
        start = found
    known = Proven(start, goals.values(start))
    held: dict[str, float] = {}
    for name in goals.names:
        value = known.values[name]
        model = ProgrammeModel(choices, events, forbidden)
        for other, most in held.items():
            model.hold(stakes[other], goals.most(other, most))
        base, scale = model.minimise_cost(value) if name == COST else model.minimise(stakes[name], value)
        outcome = model.solve(choices.case.seed, deadline, known.plan)
        better = model.plan_of(outcome)
        if better is not None and is_allowed(choices, better):
            values = goals.values(better)
            if goals.keeps(values, held) and values[name] < known.values[name]:
                known.plan, known.values = better, values
        bound = goals.raised(name, base + scale * outcome.bound)
        value = known.values[name]
        if goals.most(name, bound) >= value:
            bound = value
        known.bounds[name], known.efforts[name] = min(bound, value), (outcome.iterations, outcome.nodes)
        held[name] = value
        log.append(f"{name}: {value!r}, bound {known.bounds[name]!r}, {outcome.nodes} nodes")
    return known
