"""ThingSpeak's language: sketches, scripts and textbooks that post there work here once the host name is changed.

A channel's first eight feeds, in their order, are its fields 1 to 8. What ThingSpeak drops silently is answered as it
does, and noted for the channel's owner as any other refusal.
"""
