"""A local stand-in for the five services: the demo, the tests and the benchmarks talk to it."""
