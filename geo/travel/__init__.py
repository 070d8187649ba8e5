"""Network and points to `TravelTimes`: door to door, in whole milliseconds."""

from geo.travel.matrix import TravelTimes, travel_times

__all__ = ["TravelTimes", "travel_times"]
