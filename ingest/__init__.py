"""The door for boards: messages with a key become readings."""
