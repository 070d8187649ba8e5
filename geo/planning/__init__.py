"""From a plan to a programme: how what is decided is carried out. Knows times, persons and seats, but no geography."""

from geo.planning.routes import plan_routes, router_is_installed
from geo.planning.transport import BusRoute, BusRules, RoutePlan, SchoolRun, check_plan, rides_ms

__all__ = [
    "BusRoute",
    "BusRules",
    "RoutePlan",
    "SchoolRun",
    "check_plan",
    "plan_routes",
    "rides_ms",
    "router_is_installed",
]
