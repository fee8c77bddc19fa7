"""A believable classroom of boards, played over the real doors by a process of its own.

Run it with `python -m rehearsal`. It knows nothing of the server's code: it makes its channels with the command line
and speaks HTTP and WebSocket like any board. What it measures is a pure function of seed and time, so an hour of
history and the live readings after it are one unbroken story, and a restart continues where it would have been.
"""
