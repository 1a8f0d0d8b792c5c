"""The compiler of `.flow`: text in, artefacts out."""

__version__ = "0.1.0"
