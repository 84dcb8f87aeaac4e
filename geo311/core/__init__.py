"""The pure domain: no Django, no I/O, the clock is an argument."""
