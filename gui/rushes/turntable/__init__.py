"""Draws a 3D model in a process of its own, because the file is a stranger's.

The window starts ``python -m rushes.turntable`` and reads pictures that come back. Whatever the
file does to the loader or to the driver happens in there: with limits on memory, time and files,
without a key in sight, and without the network where the system lets us leave it.
"""
