"""Engines that run a flow in place of `flowrt.Bot` and a store: each in its own module, with an extra of its own."""
