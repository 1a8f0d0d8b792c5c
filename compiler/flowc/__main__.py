"""`python -m flowc` is `flowc`."""

from flowc.cli import main

main()
