"""Who can reach which site within a limit, and the fewest sites, or the shortest limit, that reach everybody."""
