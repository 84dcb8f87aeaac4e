"""Counting attempts, shared by all workers."""
