"""Where the next facility should go: problem, objectives, proofs, explanations. Knows no geography."""
