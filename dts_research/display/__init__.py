"""How a result is seen."""
