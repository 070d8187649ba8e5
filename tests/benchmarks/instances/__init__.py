"""What benchmarks are measured on: the synthetic country with its travel times, and its demand points."""
