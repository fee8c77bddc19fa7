"""Lenses: ways to look at what is in view on a channel's page, below its chart.

A lens is a module with `NAME` (its word in the address, one of `domain.selection.LENSES`), `LABEL`, `PICTURE` (an
icon), `applies(channel) -> bool` (whether it is offered), `layout() -> Component` (a skeleton that asks nothing)
and `wire`. Its callback listens to `Input(shown.store_of(NAME), "data")`, and draws where `shown.read(data, NAME)` says
that it is the one that is open. For lenses that are one body `drawn_bodies` does both.
"""
