"""Reports: from the pin to the closing note."""
