"""The pages of those who work here: the desk, the crews, the planners."""
