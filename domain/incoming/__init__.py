"""Files that bring readings, read piece by piece: nothing but the piece in hand is kept in memory."""
