"""What forms cost with whole vehicles: the comparison charges each place a share of them, and nobody buys a share.

A place pays its part of a bus by pupils, and of a team's vehicle by the time it takes. That is right where others pay
the rest. So each place is compared once more: with every bus that calls there paid by the place alone; of a team with
its part of the vehicles that the round needs, or with vehicles of its own where no team comes to its base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo.planning.modality import Ceiling, Choice, Offer, Price, choose
from geo.study.programme.offers import Detail

#: By position of the settlement.
Details = Mapping[int, Sequence[Detail]]
Prices = Mapping[tuple[int, str], Price]


def whole_prices(details: Details, visited: Sequence[int], teams: Sequence[Mapping[str, Any]], rate: float) -> Prices:
    """Return what forms cost with whole vehicles, by settlement and form; only forms that have a price and vehicles.

    Parameters
    ----------
    details
        Offers of one service with one plan, by settlement.
    visited
        Settlements that teams visit, whose round is planned.
    teams
        Rows of `mobile_teams` of the service; empty where no round is planned.
    """
    cost = {str(team["site_id"]): team["annual_cost"] for team in teams}
    shares: dict[str, float] = {}
    own = {place: detail for place in visited for detail in details[place] if detail.offer.form == "mobile"}
    for detail in own.values():
        shares[detail.target] = shares.get(detail.target, 0.0) + (detail.offer.annual_cost(rate) or 0.0)
    found: dict[tuple[int, str], Price] = {}
    for place, offered in details.items():
        for detail in offered:
            if detail.alone is None:
                continue
            price, total = detail.alone, cost.get(detail.target)
            if detail.offer.form == "mobile" and total is not None and shares.get(detail.target, 0.0) > 0:
                part = (detail.offer.annual_cost(rate) or 0.0) * total / shares[detail.target]
                # A round that joins villages can cost less than their shares of it: never less than whole vehicles do.
                price = Price(0.0, 1.0, max(part, detail.offer.annual_cost(rate) or 0.0))
            found[place, detail.offer.form] = price
    return found


def choose_whole(place: int, details: Sequence[Detail], prices: Prices, ceiling: Ceiling) -> Choice:
    """Return what the rule and the cheapest form would be with whole vehicles."""
    return choose([_with_price(detail.offer, prices.get((place, detail.offer.form))) for detail in details], ceiling)


def _with_price(offer: Offer, price: Price | None) -> Offer:
    return offer if price is None else replace(offer, price=price)
