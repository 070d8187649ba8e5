"""The school transport annex: a page that a district akimat can adopt."""
