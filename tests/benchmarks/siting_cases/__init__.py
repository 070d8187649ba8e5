"""Cases of the siting solver: what is solved, by us and by its peers, and how both are measured."""
