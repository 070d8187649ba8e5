"""Facility location with limited places: bounds, plans, and proofs. It knows neither people nor seasons."""
