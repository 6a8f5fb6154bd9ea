"""How a document is made: it knows notebooks and parameters, nothing of experiences."""
