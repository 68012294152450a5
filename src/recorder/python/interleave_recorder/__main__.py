"""`python -m interleave_recorder script.py …` and `python -m interleave_recorder -m module …`."""

import os
import runpy
import sys


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        sys.exit(0 if arguments else 2)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        from . import auto

        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        from . import auto  # noqa: F401

        runpy.run_path(arguments[0], run_name="__main__")


main()
