"""Rows from elsewhere: one declarative module per source."""
