"""Boards and programs that speak MQTT 3.1.1: a broker of our own, in a process of its own."""
