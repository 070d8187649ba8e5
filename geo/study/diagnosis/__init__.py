"""The diagnosis a ministry starts from: access, equity, load, kinds of places, and the cost of the standard."""
