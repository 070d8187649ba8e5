"""Tables to a `RoadNetwork`: topology once, then one `Season` of weights per condition of the roads."""
