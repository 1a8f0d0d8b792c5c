"""Graphviz as WebAssembly."""
