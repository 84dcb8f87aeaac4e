"""geo311: the non-emergency desk of a city, map first."""

__version__ = "0.1.0"
