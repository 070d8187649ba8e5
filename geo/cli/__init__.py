"""The command line. The only package that prints; heavy libraries are imported inside the commands.

A command is a function in a module of this package, which adds itself to `geo.cli.app.app`.
"""

from geo.cli import study, init, watch, check, solve, matrix, lists  # noqa: F401, I001 - in the order of the help
from geo.cli.entry import main

__all__ = ["main"]
