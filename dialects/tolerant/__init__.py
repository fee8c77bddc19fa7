"""A listener for boards that cannot write a whole HTTP request: AT-command modules such as those of micro:bit kits.

It mends what such a board sends and asks the web server in its place; it knows no keys, keeps nothing, and lets through
what writes alone. `python -m dialects.tolerant` is a process of its own, for what is no HTTP must not reach the parser
on which everything else depends. Why and when: docs/operators/tolerant-front.md.
"""
