"""The benchmark: what a claim and a submit cost over HTTP; docs/performance.md explains the numbers."""
