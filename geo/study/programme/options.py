"""What can be done with a place: the options of a planning case, with prices, and who decides about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geo.planning.case import Action, Option
from geo.study.config import ServiceConfig
from geo.study.config_programme import Authority, Programme
from geo.study.load import StudyData
from geo.study.programme.kinds import NeedKind
from geo.study.programme.places import UNKNOWN_LANGUAGE, Place
from geo.study.programme.prices import Price, PriceBook

#: Between the grounds of several services under one roof.
JOINED = "; "


def all_options(
    study: StudyData, settings: Programme, kinds: tuple[NeedKind, ...], places: tuple[Place, ...], book: PriceBook
) -> tuple[Option, ...]:
    """Return what can be done with every place, today's states included; place by place."""
    found: list[Option] = []
    for place in places:
        make = facility_options if place.existing else candidate_options
        found.extend(make(study, settings, kinds, place, book))
    return tuple(found)


def facility_options(
    study: StudyData, settings: Programme, kinds: tuple[NeedKind, ...], place: Place, book: PriceBook
) -> list[Option]:
    """Return the options of a facility: as it is, raised, lowered, closed, with another language.

    Its running cost counts only where something can be done with it: elsewhere it is the same in every programme.
    Renewing a worn building changes nobody's trip: it is planned apart (`geo.study.programme.renewal`).
    """
    ((name, level),) = place.levels.items()
    service = next(kind.service for kind in kinds if kind.service.name == name)
    changes = list(_changes(settings, kinds, service, level, place, book)) if place.own else []
    languages = (place.language,) if place.language else ()
    running = book.running(service, service.levels[level], place.size) if changes else 0.0
    keep = Option(f"{place.place_id}:keep", place.place_id, "keep", {name: level}, languages, opex_year=running)
    return [keep, *(_option(study, settings, place, service, *change) for change in changes)]


_Change = tuple[Action, int | None, Price, tuple[str, ...]]


def _changes(
    settings: Programme,
    kinds: tuple[NeedKind, ...],
    service: ServiceConfig,
    level: int,
    place: Place,
    book: PriceBook,
) -> Iterator[_Change]:
    """Yield action, new level (None: closed), price and languages."""
    wanted = sorted({kind.level for kind in kinds if kind.service.name == service.name})
    languages = (place.language,) if place.language else ()
    for higher in wanted if settings.may_upgrade else ():
        if higher > level:
            yield "upgrade", higher, book.price(service, service.levels[higher], "upgrade", place.size), languages
    stated = place.language not in ("", UNKNOWN_LANGUAGE)  # whoever does not know what is taught cannot add to it
    if stated and service.name in settings.languages and settings.may_upgrade:
        cost = book.language_price(service, service.levels[level])
        if cost is not None:
            running = book.running(service, service.levels[level], place.size)
            yield "upgrade", level, Price(cost, running), ()
    for lower in wanted if settings.may_downgrade and place.closable else ():
        if lower < level:
            yield "downgrade", lower, book.price(service, service.levels[lower], "downgrade", place.size), languages
    if settings.may_close and place.closable:
        yield "close", None, book.price(service, service.levels[level], "close", place.size), ()


def _option(
    study: StudyData,
    settings: Programme,
    place: Place,
    service: ServiceConfig,
    action: Action,
    level: int | None,
    price: Price,
    languages: tuple[str, ...],
) -> Option:
    today = place.levels[service.name]
    name = service.levels[today if level is None else level]
    body, basis, _verified = authority(study, settings, {service.name: today if level is None else level})
    return Option(
        option_id=f"{place.place_id}:{action}:{name}{'' if languages or not place.language else ':any'}",
        place_id=place.place_id,
        action=action,
        serves={} if level is None else {service.name: level},
        languages=languages,
        capex=price.capex,
        opex_year=0.0 if level is None else price.opex_year,
        lifetime_years=price.lifetime_years,
        competent_body=body,
        legal_basis=basis,
    )


def candidate_options(
    study: StudyData, settings: Programme, kinds: tuple[NeedKind, ...], place: Place, book: PriceBook
) -> list[Option]:
    """Return the options of a plot: every service at every level that people need, and pairs under one roof."""
    single: dict[tuple[str, int], Price] = {}
    for kind in kinds:
        name = kind.service.name
        if name in place.levels:
            price = book.price(kind.service, kind.level_name, "open", place.size)
            capex = place.capex.get(name, price.capex)
            single[name, kind.level] = Price(capex, place.opex_year.get(name, price.opex_year), price.lifetime_years)
    found = [_opened(study, settings, kinds, place, {name: level}, [price]) for (name, level), price in single.items()]
    keys = list(single)
    for first, one in enumerate(keys):
        for other in keys[first + 1 :]:
            if one[0] != other[0] and settings.share_building > 0 and book.has_money:
                both = [single[one], single[other]]
                found.append(_opened(study, settings, kinds, place, dict((one, other)), both))
    return found


def _opened(
    study: StudyData,
    settings: Programme,
    kinds: tuple[NeedKind, ...],
    place: Place,
    serves: Mapping[str, int],
    prices: list[Price],
) -> Option:
    services = {kind.service.name: kind.service for kind in kinds}
    names = "+".join(f"{name}@{services[name].levels[level]}" for name, level in serves.items())
    body, basis, _verified = authority(study, settings, serves)
    saved = settings.share_building if len(prices) > 1 else 0.0
    return Option(
        option_id=f"{place.place_id}:open:{names}",
        place_id=place.place_id,
        action="open",
        serves=dict(serves),
        capex=sum(price.capex for price in prices) * (1 - saved),
        opex_year=sum(price.opex_year for price in prices),
        lifetime_years=min(price.lifetime_years for price in prices),
        competent_body=body,
        legal_basis=basis,
    )


def authority(study: StudyData, settings: Programme, serves: Mapping[str, int]) -> tuple[str, str, bool]:
    """Return who decides about services at levels, on what ground, and whether a lawyer has checked it.

    A body or ground that one of the services lacks is lacking for all of them: the first two are then empty.
    """
    bodies, grounds, verified = [], [], []
    for name, level in serves.items():
        service = next(service for service in study.config.service if service.name == name)
        own = _authority_of(settings, name, service.levels[level])
        decides = own.competent_body if own and own.competent_body else service.competent_body
        bodies.append(decides.en if decides else "")
        grounds.append(own.legal_basis.en if own and own.legal_basis else "")
        verified.append(bool(own and own.verified))
    body, ground = (JOINED.join(dict.fromkeys(parts)) if all(parts) else "" for parts in (bodies, grounds))
    return body, ground, all(verified)


def _authority_of(settings: Programme, service: str, level: str) -> Authority | None:
    rows = [row for row in settings.authority if row.service == service]
    exact = [row for row in rows if row.level == level]
    return next(iter(exact or [row for row in rows if not row.level]), None)
