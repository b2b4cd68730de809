#!/bin/sh
# Runs a Python file of the runfiles.
exec python3 -B "$@"
